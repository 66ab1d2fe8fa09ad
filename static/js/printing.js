// The slip goes to the printer once by itself, and again when it is asked for.
(() => {
  "use strict";
  addEventListener("load", () => window.print());
  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
})();
