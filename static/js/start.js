// The greeting goes round the languages until somebody comes; who asked the system for calm sees them all at once.
(() => {
  "use strict";
  const EVERY = 4000;
  const greetings = [...document.querySelectorAll("[data-hello]")];
  let now = 0;
  const next = () => {
    now = (now + 1) % greetings.length;
    greetings.forEach((greeting, n) => { greeting.hidden = n !== now; });
  };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches || greetings.length < 2) return;
  const round = setInterval(next, EVERY);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => clearInterval(round), { once: true });
})();
