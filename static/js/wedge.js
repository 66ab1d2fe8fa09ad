// A scanner that types: a link that comes in at once, key after key, and ends with Enter. Fingers are slower than that,
// so nobody's own typing is ever taken for a scan.
(() => {
  "use strict";
  const LINK = /\/[tn]\/[A-Za-z0-9_-]{22}$/, PAUSE = 100;
  const form = document.getElementById("scan-form");
  if (!form) return;
  let typed = "", last = 0;

  window.sendScan = (text) => {
    if (!LINK.test(text)) return false;
    form.elements.scan.value = text;
    form.requestSubmit();
    return true;
  };

  addEventListener("keydown", (event) => {
    if (event.timeStamp - last > PAUSE) typed = "";
    last = event.timeStamp;
    if (event.key === "Enter" && window.sendScan(typed)) { event.preventDefault(); event.stopPropagation(); return; }
    if (event.key.length === 1) typed = (typed + event.key).slice(-300);
    if (typed.length > 1 && /\D/.test(typed)) event.stopPropagation(); // figures of a link are no code
  }, true);
})();
