// Looks at one page as somebody sees it who has keys only, or whose system takes all colours away. Run once a page, before anything is focused.
window.reach = (() => {
  const name = e => `${e.tagName.toLowerCase()}#${e.id}.${e.getAttribute("class") || ""} "${(e.textContent || e.value || "").trim().slice(0, 30)}"`;
  const controls = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")].filter(e => e.tabIndex >= 0 && e.checkVisibility());
  const seen = e => e.checkVisibility({ opacityProperty: true }) ? e : e.closest("label") || e; // a hidden radio is seen as its label
  const style = e => getComputedStyle(seen(e));
  const ring = e => {
    const s = style(e), clear = c => /, 0\)|transparent/.test(c);
    const outline = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && !clear(s.outlineColor) ? `${s.outline} ${s.outlineOffset}` : "";
    return [outline, s.boxShadow];
  };
  const rest = new Map(controls.map(e => [e, ring(e)])), forward = document.documentElement.dir === "rtl" ? -1 : 1;
  // all that Tab has to come by: of a group of radios the chosen one
  const stops = () => controls.filter(e => e.type !== "radio" || e.checked).map(e => controls.indexOf(e));
  let last = null;

  // what has the focus now: null for nothing, else where it is and what is wrong with it
  const stop = back => {
    const e = document.activeElement, faults = [];
    if (e === document.body || !document.hasFocus()) return last = null;
    if (last && last.index === stops().at(back ? 0 : -1)) last = null; // round the end of the page
    const at = seen(e).getClientRects()[0], [x, y] = [(at.left + at.right) / 2, (at.top + at.bottom) / 2], hit = document.elementFromPoint(x, y);
    if (!hit || !(seen(e).contains(hit) || hit.contains(seen(e)) && hit.matches("label, a, button"))) faults.push(`covered: ${name(e)}`);
    const now = ring(e), before = rest.get(e) || [];
    if (!now.some((line, n) => line && line !== "none" && line !== before[n])) faults.push(`no sign of focus: ${name(e)}`);
    const box = { index: controls.indexOf(e), top: at.top + scrollY, bottom: at.bottom + scrollY, x }, [a, b] = back ? [box, last] : [last, box];
    if (a && b && (b.bottom <= a.top || (Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4 && (b.x - a.x) * forward < 0))) faults.push(`out of order: ${name(e)}`);
    last = box;
    return [box.index, faults];
  };

  // in forced colours: a line around or under every control, icons in the system's colours, a QR code dark on light
  const drawn = (s, side) => s[`border${side}Style`] !== "none" && parseFloat(s[`border${side}Width`]) > 0;
  const native = e => e.matches("input, select") && style(e).appearance !== "none" && seen(e) === e;
  const lines = () => {
    const probe = document.body.appendChild(document.createElement("i")), system = new Set(), faults = [];
    for (const colour of ["CanvasText", "LinkText", "VisitedText", "ButtonText", "FieldText", "GrayText", "Highlight"]) {
      probe.setAttribute("class", colour);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`i.${colour} { color: ${colour}; forced-color-adjust: none; }`);
      document.adoptedStyleSheets = [sheet];
      system.add(getComputedStyle(probe).color);
    }
    document.adoptedStyleSheets = [];
    probe.remove();
    for (const e of controls) {
      const s = style(e), bordered = ["Top", "Bottom", "Left", "Right"].some(side => drawn(s, side));
      if (!bordered && !s.textDecorationLine.includes("underline") && !native(e)) faults.push(`no line: ${name(e)}`);
    }
    for (const svg of document.querySelectorAll("svg:not(.sign, .qr)")) {
      const own = getComputedStyle(svg), paints = [own.color];
      for (const part of svg.querySelectorAll("path, circle, rect")) paints.push(getComputedStyle(part).stroke);
      if (svg.checkVisibility() && paints.some(paint => paint !== "none" && !system.has(paint))) faults.push(`colour of its own: ${name(svg)} ${paints}`);
    }
    for (const [ground, squares] of [...document.querySelectorAll(".qr")].map(code => code.querySelectorAll("path"))) {
      if (getComputedStyle(ground).fill !== "rgb(255, 255, 255)" || getComputedStyle(squares).fill !== "rgb(0, 0, 0)") faults.push("QR code without contrast");
    }
    return faults;
  };

  // what is chosen differs from its neighbours by a line, not by colour alone
  const line = e => { const s = style(e); return [s.borderWidth, s.borderStyle, s.outlineStyle, s.outlineWidth, s.textDecorationLine].join(); };
  const chosen = () => {
    const on = controls.filter(e => e.matches("[aria-current], :checked") && !native(e));
    const like = e => controls.filter(o => o.type === e.type && o.classList[0] === e.classList[0] && o !== e && !o.matches("[aria-current], :checked"));
    return on.filter(e => like(e).some(o => line(o) === line(e))).map(e => `chosen by colour only: ${name(e)}`);
  };
  return { stop, stops, lines, chosen };
})();
