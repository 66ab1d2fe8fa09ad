// The kiosk's own manners: nobody's data stay on the screen, nobody leaves the page, the tablet stays awake.
(() => {
  "use strict";
  const ASK_AFTER = 60, ANSWER_WITHIN = 20, REST = 300;
  const home = document.body.dataset.home, atHome = location.pathname === home;
  const question = document.getElementById("still-there");
  const say = (element) => element.dispatchEvent(new CustomEvent("kiosk:say", { bubbles: true }));
  let quiet = 0;

  const leave = () => {
    clearInterval(clock);
    sessionStorage.clear();
    localStorage.clear();
    document.cookie = `low=; max-age=0; path=${home}`;
    document.body.replaceChildren();
    location.replace(home);
  };
  // Somebody looks over the shoulder: what was on the screen is neither seen nor reached nor read aloud (K-07).
  const cover = (covered) => {
    question.hidden = !covered;
    document.body.classList.toggle("is-covered", covered);
    for (const other of document.body.children) if (other !== question) other.inert = covered;
  };
  const ask = () => { cover(true); question.querySelector("[data-stay]").focus(); say(question); };
  const stay = () => { quiet = 0; cover(false); };

  const tick = () => {
    quiet += 1;
    if (atHome) { if (quiet >= (document.cookie.includes("low=") ? ASK_AFTER + ANSWER_WITHIN : REST)) leave(); return; }
    if (quiet === ASK_AFTER) ask();
    if (quiet > ASK_AFTER) question.querySelector("progress").value = ASK_AFTER + ANSWER_WITHIN - quiet;
    if (quiet >= ASK_AFTER + ANSWER_WITHIN) leave();
  };
  const clock = setInterval(tick, 1000);
  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => { if (question.hidden) quiet = 0; }, true);

  // Awake: the system takes the lock back whenever the screen was covered or the battery is low (K-14).
  const keepAwake = () => {
    if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
    navigator.wakeLock.request("screen").then((lock) => lock.addEventListener("release", keepAwake)).catch(() => {});
  };
  addEventListener("visibilitychange", keepAwake);
  keepAwake();

  // Back shows nobody's page: the first screen never lets go, and a page out of the browser's memory starts anew (K-11).
  addEventListener("pageshow", (event) => { if (event.persisted) leave(); });
  if (atHome) {
    history.pushState(null, "");
    addEventListener("popstate", () => history.pushState(null, ""));
  }

  // No way out: no menu, no selection, no drag, no second window, no zoom, no key of the browser (K-12).
  const refuse = (event) => event.preventDefault();
  const gestures = ["contextmenu", "selectstart", "dragstart", "dragover", "drop", "auxclick", "gesturestart"];
  for (const kind of gestures) addEventListener(kind, refuse);
  for (const kind of ["mousedown", "mouseup"]) addEventListener(kind, (event) => { if (event.button > 0) refuse(event); }, true);
  addEventListener("wheel", (event) => { if (event.ctrlKey) refuse(event); }, { passive: false });
  addEventListener("touchmove", (event) => { if (event.touches.length > 1) refuse(event); }, { passive: false });
  addEventListener("keydown", (event) => {
    if (/^(F\d+|Browser.*|ContextMenu|Escape)$/.test(event.key) || event.ctrlKey || event.altKey || event.metaKey) refuse(event);
  }, true);
  window.open = () => null;

  document.addEventListener("click", (event) => {
    const press = event.target.closest("[data-stay], [data-done]");
    if (!press) return;
    event.preventDefault();
    if ("stay" in press.dataset) stay(); else leave();
  });

  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "yes";
  });
})();
