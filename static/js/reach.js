// Whoever presses: with a finger that trembles, with keys alone, sitting (K-01, K-05, K-06).
(() => {
  "use strict";
  const TARGET = "a[href], button, input:not([type=hidden]), select, summary";
  const LEADS_ON = "a[href], button:not([type=button])";
  const SLOP = 12, TWICE = 700;
  const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
  const refuse = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };

  // A finger that slips off its target by less than the slop has pressed it all the same; lifting counts, not touching.
  let held = null, slipped = null;
  addEventListener("pointerdown", (event) => { byKeys = false; held = event.target.closest(TARGET); }, true);
  addEventListener("pointerup", (event) => {
    const on = held, under = document.elementFromPoint(event.clientX, event.clientY);
    held = null;
    if (!on || !on.isConnected || on.contains(under)) return;
    const box = on.getBoundingClientRect();
    const off = Math.hypot(
      Math.max(box.left - event.clientX, 0, event.clientX - box.right),
      Math.max(box.top - event.clientY, 0, event.clientY - box.bottom),
    );
    if (off > SLOP) return;
    on.click();
    slipped = on;
    setTimeout(() => { slipped = null; }, 100);
  }, true);

  // What leads on leads on once, however often it is tapped; figures may be typed as fast as one likes.
  let last = null, lastAt = -TWICE;
  addEventListener("click", (event) => {
    const on = event.target.closest(TARGET);
    if (!on) return;
    const again = on === last && on.matches(LEADS_ON) && event.timeStamp - lastAt < TWICE;
    if (again || (event.isTrusted && on === slipped) || event.shiftKey || event.ctrlKey || event.metaKey) { refuse(event); return; }
    [last, lastAt] = [on, event.timeStamp];
  }, true);

  // Keys: arrows go to what lies that way, Enter presses, figures are the code. Each stop says itself once.
  let byKeys = false;
  const targets = () => [...document.querySelectorAll(TARGET)].filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("[inert]") && !e.disabled && e.tabIndex >= 0);
  const middle = (element) => {
    const box = element.getBoundingClientRect();
    return [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  };
  const go = ([x, y]) => {
    const all = targets(), from = document.activeElement;
    if (!all.includes(from)) { all[0]?.focus(); return; }
    const [fromX, fromY] = middle(from);
    const far = all.map((to) => {
      const [toX, toY] = middle(to), acrossX = toX - fromX, acrossY = toY - fromY;
      const along = acrossX * x + acrossY * y, aside = Math.abs(acrossX * y) + Math.abs(acrossY * x);
      return { to, along, cost: along + 2 * aside };
    }).filter(({ to, along }) => to !== from && along > 4).sort((a, b) => a.cost - b.cost);
    far[0]?.to.focus();
  };
  const type = (digit) => {
    const field = document.getElementById("code");
    if (field && field.value.length < field.maxLength) field.value += digit;
  };
  const unType = () => {
    const field = document.getElementById("code");
    if (field) field.value = field.value.slice(0, -1);
  };
  addEventListener("keydown", (event) => {
    byKeys = true;
    const on = event.target, typing = on.matches("input, select, textarea");
    if (event.repeat && ["Enter", " "].includes(event.key)) { refuse(event); return; }
    if (WAYS[event.key] && !on.matches("select, [type=radio]")) { event.preventDefault(); go(WAYS[event.key]); }
    else if (!typing && /^\d$/.test(event.key)) type(event.key);
    else if (!typing && event.key === "Backspace") unType();
  });
  // A question that comes up by itself is said as a whole, by who asks it.
  const asked = (target, before) => target.matches("[data-stay]") && !before?.closest("[role=alertdialog]");
  addEventListener("focusin", ({ target, relatedTarget }) => {
    if (byKeys && target.matches(TARGET) && !asked(target, relatedTarget)) target.dispatchEvent(new CustomEvent("kiosk:say", { bubbles: true }));
  });
  document.addEventListener("click", ({ target }) => {
    const key = target.closest("[data-digit], [data-delete]");
    if (key) "digit" in key.dataset ? type(key.dataset.digit) : unType();
  });

  // A list that does not fit shows what fits, and a tile that turns to the next page.
  const tile = document.getElementById("more-tile");
  const lists = [...document.querySelectorAll(".langs, .tiles, .k-times")].map((list) => ({
    list, items: [...list.children], more: list.appendChild(tile.content.firstElementChild.cloneNode(true)), first: 0,
  }));
  const turn = (one, on) => {
    const style = getComputedStyle(one.list), gap = parseFloat(style.rowGap) || 0;
    const row = parseFloat(style.getPropertyValue("--row")) * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const columns = style.gridTemplateColumns.split(" ").length;
    const room = Math.max(1, Math.floor((one.list.clientHeight + gap + 1) / (row + gap))) * columns;
    const fits = one.items.length <= room || !row, shown = fits ? one.items.length : Math.max(1, room - 1);
    const end = one.items.length - shown; // the last page is full too, so that the tile that turns stays where it is
    one.first = on && one.first < end ? Math.min(one.first + shown, end) : 0;
    one.items.forEach((item, n) => { item.hidden = n < one.first || n >= one.first + shown; });
    one.more.hidden = fits;
  };
  const fit = () => lists.forEach((one) => turn(one, false));
  document.addEventListener("click", ({ target }) => {
    const more = target.closest("[data-more]");
    if (more) turn(lists.find(({ list }) => list.contains(more)), true);
  });
  addEventListener("resize", fit);
  fit();

  // Low: what is pressed goes down, at once and until the next person.
  addEventListener("submit", (event) => {
    if (!event.target.matches("[data-low]")) return;
    refuse(event);
    const low = document.body.classList.toggle("kiosk--low");
    const safe = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `low=${Number(low)}; path=${document.body.dataset.home}; samesite=strict${safe}`;
    event.target.querySelector("button").setAttribute("aria-pressed", low);
    fit();
  }, true);
})();
