// Says when the display has heard nothing for half a minute; an old call must not look like a new one.
(() => {
  "use strict";
  const STALE_AFTER = 30;
  let silent = 0;
  document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) silent = 0; });
  setInterval(() => {
    silent += 1;
    document.getElementById("stale").hidden = silent < STALE_AFTER;
    document.body.classList.toggle("is-stale", silent >= STALE_AFTER);
  }, 1000);
})();
