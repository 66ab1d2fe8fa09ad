// The number on the phone stays true by itself; when it is called, the phone says so by ear and by hand.
(() => {
  "use strict";
  const EVERY = 5000;
  const button = document.querySelector("[data-sound]");
  let audio = null;

  const beep = (times) => {
    if (!audio) return;
    for (let n = 0; n < times; n += 1) {
      const tone = audio.createOscillator(), at = audio.currentTime + n * 0.6;
      tone.frequency.value = n % 2 ? 660 : 880;
      tone.connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.4);
    }
  };

  const show = (html) => {
    const before = document.getElementById("turn"), was = before.dataset.state;
    const after = new DOMParser().parseFromString(html, "text/html").getElementById("turn");
    if (!after) { location.reload(); return; }
    before.replaceWith(after);
    if (after.dataset.state === was) return;
    if (after.dataset.state === "called") { beep(6); navigator.vibrate?.([400, 200, 400, 200, 400]); scrollTo(0, 0); }
    for (const part of document.querySelectorAll("[data-sound], .turn__sms")) part.hidden = !["waiting", "missed"].includes(after.dataset.state);
  };

  const ask = () => {
    const now = document.getElementById("turn");
    return fetch(now.dataset.poll, { headers: { "HX-Request": "true" } })
      .then((answer) => (answer.status === 200 ? answer.text().then(show) : null)).catch(() => {});
  };

  if (button && window.AudioContext) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (audio) { audio.close(); audio = null; } else { audio = new AudioContext(); beep(1); }
      button.setAttribute("aria-pressed", audio ? "true" : "false");
    });
  }
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") ask(); });
})();
