// The kiosk's own manners: one tap is one ticket, nobody's data stay on the screen, the tablet stays awake.
(() => {
  "use strict";
  const ASK_AFTER = 60, ANSWER_WITHIN = 20;
  const home = document.body.dataset.home;
  const question = document.getElementById("still-there");
  let quiet = 0;

  const leave = () => { clearInterval(clock); location.replace(home); };
  const stay = () => { quiet = 0; if (question) question.hidden = true; };

  const tick = () => {
    quiet += 1;
    if (!question || location.pathname === home) { if (quiet > 300) leave(); return; }
    if (quiet === ASK_AFTER) { question.hidden = false; question.querySelector("[data-stay]").focus(); }
    if (quiet > ASK_AFTER) question.querySelector("progress").value = ASK_AFTER + ANSWER_WITHIN - quiet;
    if (quiet >= ASK_AFTER + ANSWER_WITHIN) leave();
  };

  const keepAwake = () => {
    if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
    navigator.wakeLock.request("screen").then((lock) => lock.addEventListener("release", keepAwake)).catch(() => {});
  };

  const type = (digit) => {
    const field = document.getElementById("code");
    if (field && field.value.length < 6) field.value += digit;
  };

  const clock = setInterval(tick, 1000);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { if (!question || question.hidden) quiet = 0; });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("contextmenu", (event) => event.preventDefault());
  addEventListener("visibilitychange", keepAwake);
  keepAwake();

  document.addEventListener("click", (event) => {
    const press = event.target.closest("[data-digit], [data-delete], [data-stay], [data-done]");
    if (!press) return;
    if (press.dataset.digit) type(press.dataset.digit);
    if ("delete" in press.dataset) { const field = document.getElementById("code"); field.value = field.value.slice(0, -1); }
    if ("stay" in press.dataset) stay();
    if ("done" in press.dataset) { event.preventDefault(); leave(); }
  });

  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
  });
})();
