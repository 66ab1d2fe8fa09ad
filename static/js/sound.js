// The kiosk reads its screen: all of it on request, the element under the keyboard's focus, errors at once, tickets
// twice. Any act silences it (K-02). What may be heard, the server has noted in `data-said`: text → recordings.
(() => {
  "use strict";
  const LOUD = [0.35, 0.7, 1], USUAL = 1;
  const said = JSON.parse(document.getElementById("said").dataset.said);
  const listen = document.querySelector("[data-listen]");
  const home = location.pathname === document.body.dataset.home;
  const figures = /^\d{1,4}$|^\d\d:\d\d$/;
  const kept = window.sessionStorage;
  let reading = 0;

  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const language = (element) => element.closest("[lang]").lang;

  // The recordings of a text, "" where it must not be heard, undefined where it is no sentence of ours.
  const sounds = (text, element) => {
    if (text in said) return said[text];
    return figures.test(text) ? [...text.replace(":", "")].map((sign) => `${language(element)}/${sign}`).join(" ") : undefined;
  };

  // What an element says, top-down: a whole sentence before its parts.
  const units = (element) => {
    if (!element.checkVisibility() || element.matches("svg, .vh, .say, .beside, [data-unsaid], [data-digit]")) return [];
    const own = element.dataset.say ?? sounds(plain(element.textContent), element);
    if (own !== undefined) return [{ element, own }];
    const named = element.ariaLabel && sounds(plain(element.ariaLabel), element);
    if (named) return [{ element, own: named }];
    return [...element.childNodes].flatMap((child) => {
      if (child.nodeType === Node.ELEMENT_NODE) return units(child);
      const text = child.nodeType === Node.TEXT_NODE ? plain(child.textContent) : "";
      return /\p{L}/u.test(text) ? [{ element, own: sounds(text, element) ?? "" }] : [];
    });
  };

  const name = (element) => plain(element.ariaLabel || element.labels?.[0]?.textContent || element.textContent);
  const hush = () => { reading += 1; voice.hush(); listen?.setAttribute("aria-pressed", "false"); };
  const beside = (element) => element.dataset.say ?? element.closest(".tile, .lang")?.querySelector("[data-say]")?.dataset.say;
  const say = (element) => { hush(); return voice.say(beside(element) ?? sounds(name(element), element) ?? joined(element), { element }); };
  const joined = (element) => units(element).map((unit) => unit.own).join(" ");

  const read = async (root, times = 1) => {
    hush();
    const mine = reading;
    listen?.setAttribute("aria-pressed", "true");
    for (let time = 0; time < times; time += 1) {
      for (const { element, own } of units(root)) {
        await voice.say(own, { element });
        if (mine !== reading) return;
      }
    }
    listen?.setAttribute("aria-pressed", "false");
  };

  const screen = () => document.querySelector("[role=alertdialog]:not([hidden])") || document.querySelector("main");

  const louder = () => {
    const next = (Number(kept.getItem("loud") ?? USUAL) + 1) % LOUD.length;
    kept.setItem("loud", next);
    voice.volume(LOUD[next]);
    show(next);
  };
  const show = (level) => { for (const button of document.querySelectorAll("[data-louder]")) button.dataset.louder = level; };

  if (home) for (const name of ["loud", "read"]) kept.removeItem(name);
  voice.volume(LOUD[kept.getItem("loud") ?? USUAL]);
  show(kept.getItem("loud") ?? USUAL);

  let pressed = false;
  addEventListener("pointerdown", (event) => {
    pressed = Boolean(event.target.closest("[data-listen]")) && listen.getAttribute("aria-pressed") === "true";
    hush();
  }, true);
  addEventListener("keydown", hush, true);
  document.addEventListener("kiosk:say", ({ target }) => { if (target.matches("a, button, input, select, summary")) say(target); else read(target); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-listen], [data-speak], [data-louder]");
    if (!button) return;
    if ("louder" in button.dataset) { louder(); say(button); }
    if ("speak" in button.dataset) { if (home) kept.setItem("read", "yes"); say(button); }
    if (!("listen" in button.dataset)) return;
    kept.setItem("read", pressed ? "" : "yes");
    if (!pressed) read(screen());
    pressed = false;
  });

  const fault = document.querySelector("main :is([role=alert], [role=status])");
  if (document.querySelector(".ticket")) read(screen(), 2);
  else if (fault) read(fault);
  else if (kept.getItem("read")) read(screen());
  window.kioskSound = { say, read, hush };
})();
