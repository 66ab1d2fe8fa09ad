// Says how old what it shows is, and turns the house messages. An old call must not look like a new one.
(() => {
  "use strict";
  const STALE_AFTER = 30;
  let heard = performance.now();
  const every = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const show = () => {
    const age = Math.round((performance.now() - heard) / 1000);
    const stale = age >= STALE_AFTER;
    document.getElementById("stale").hidden = !stale;
    document.body.classList.toggle("is-stale", stale);
    every("[data-age]", (place) => { place.hidden = false; });
    every("[data-seconds]", (place) => { place.textContent = age; });
    every("[data-turn]", (lines) => {
      const now = Math.floor(Date.now() / 1000 / lines.dataset.turn) % lines.children.length;
      [...lines.children].forEach((line, place) => { line.hidden = place !== now; });
    });
  };
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) heard = performance.now(); show(); });
  document.addEventListener("htmx:afterSwap", show);
  setInterval(show, 1000);
  show();
})();
