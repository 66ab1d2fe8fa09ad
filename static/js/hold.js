// The quiet alarm: the button or Escape, held for a moment, raises it; a short press only opens its second step.
(() => {
  "use strict";
  const HELD = 1500, SECOND_STEP = 5000, AGAIN = 1000;
  const step = document.getElementById("hold");
  if (!step) return;
  const press = step.querySelector("summary"), form = step.querySelector("form");
  const title = document.title;
  let holding = null, closing = null, raised = false;

  const letGo = () => { clearTimeout(holding); holding = null; step.classList.remove("is-held"); };
  const hold = () => {
    if (holding) return;
    raised = false;
    step.classList.add("is-held");
    holding = setTimeout(() => { letGo(); raised = true; form.requestSubmit(); }, HELD);
  };
  const mark = () => { document.title = (document.querySelector(".alarm__card") ? "(!) " : "") + title; };

  press.addEventListener("pointerdown", (event) => { if (event.isPrimary && event.button === 0) hold(); });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"]) press.addEventListener(kind, letGo);
  press.addEventListener("contextmenu", (event) => event.preventDefault());
  press.addEventListener("keydown", (event) => { if (event.repeat) event.preventDefault(); });
  press.addEventListener("click", (event) => { if (raised) event.preventDefault(); raised = false; });
  addEventListener("keydown", (event) => { if (event.key === "Escape" && !event.repeat) hold(); }, true);
  addEventListener("keyup", (event) => { if (event.key === "Escape") letGo(); }, true);
  addEventListener("blur", letGo);

  step.addEventListener("toggle", () => {
    clearTimeout(closing);
    if (!step.open) return;
    form.querySelector("button").focus();
    closing = setTimeout(() => { step.open = false; }, SECOND_STEP);
  });
  form.addEventListener("submit", () => { step.open = false; });
  for (const kind of ["htmx:sendError", "htmx:responseError"]) form.addEventListener(kind, (event) => {
    if (event.detail.xhr.status === 0 || event.detail.xhr.status >= 500) setTimeout(() => form.requestSubmit(), AGAIN);
  });
  document.addEventListener("htmx:afterSettle", mark);
  mark();
})();
