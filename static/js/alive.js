// Says every few seconds that this device lives, and goes where the answer sends it once nobody is busy here.
(() => {
  "use strict";
  const { address, every, tag, token, busy, moves } = document.currentScript.dataset;
  const QUIET = 10_000;
  let touched = -QUIET;
  const free = () => moves && performance.now() - touched >= QUIET && !document.querySelector(busy);
  const follow = async (answer) => {
    if (answer.status === 204 || answer.status >= 500 || !free()) return;
    const to = answer.status === 200 ? await answer.text() : location.pathname; // not known any more: the page leads to pairing
    if (free()) location.replace(to);
  };
  const beat = () => {
    const said = new URLSearchParams({ v: tag, csrf_token: token });
    fetch(address, { method: "POST", body: said, redirect: "manual" }).then(follow).catch(() => {});
  };
  for (const kind of ["pointerdown", "keydown", "submit"]) addEventListener(kind, () => { touched = performance.now(); }, true);
  setInterval(beat, every * 1000);
  beat();
})();
