// The waiting room hears each call once: chime, number, room, one call after the other, never again after a reload.
(() => {
  "use strict";
  const MOST_KEPT = 40;
  const kept = window.sessionStorage, hint = document.getElementById("touch-for-sound");
  const queue = [];
  let speaking = false;

  const calls = () => [...document.querySelectorAll("#calls [data-say]")];
  const known = () => JSON.parse(kept.getItem("called") || "null");
  const remember = (keys) => kept.setItem("called", JSON.stringify(keys.slice(-MOST_KEPT)));

  const speak = async () => {
    if (speaking) return;
    speaking = true;
    while (queue.length) {
      await voice.say(queue.shift(), { announce: true });
    }
    speaking = false;
  };

  const look = () => {
    const before = known() || calls().map((call) => call.dataset.call);
    const fresh = calls().filter((call) => !before.includes(call.dataset.call)).reverse();
    remember([...before, ...fresh.map((call) => call.dataset.call)]);
    queue.push(...fresh.map((call) => call.dataset.say));
    speak();
  };

  voice.open().then((is) => { hint.hidden = is; });
  document.addEventListener("voice:refused", () => { hint.hidden = false; });
  document.addEventListener("voice:open", () => { hint.hidden = true; });
  document.addEventListener("htmx:afterSettle", look);
  look();
})();
