// Covers the desk when its screen is locked, and keeps what is on it. The server decides; this window asks, tells, covers.
(() => {
  "use strict";
  const TELL_EVERY = 30_000, ASK_EVERY = 15_000;
  const cover = document.getElementById("lock");
  const form = document.getElementById("unlock"), away = document.getElementById("lock-now");
  const password = document.getElementById("lock-password"), said = document.getElementById("lock-said");
  const { login, idle, state } = cover.dataset;
  const windows = new BroadcastChannel("desk-lock");
  let acted = Date.now(), told = acted, before = null;

  const show = (locked) => {
    if (locked !== cover.hidden) return;
    if (locked) before = document.activeElement;
    cover.hidden = !locked;
    document.body.classList.toggle("is-locked", locked);
    password.value = "";
    said.hidden = true;
    if (locked) { password.focus(); return; }
    acted = told = Date.now();
    if (before) before.focus();
  };

  const hear = async (answer) => {
    if (answer.headers.has("HX-Redirect") || answer.status === 400) { location.reload(); return; }
    if (!answer.ok) return;
    const read = await answer.json();
    if (read.login !== login) { location.reload(); return; }
    show(read.locked);
    said.textContent = read.said;
    said.hidden = !read.said;
    if (read.said) password.select();
  };

  const ask = (address, body) => {
    const headers = { "HX-Request": "true" };
    return fetch(address, { headers, body, method: body ? "POST" : "GET" }).then(hear).catch(() => {});
  };

  const act = () => {
    if (!cover.hidden) return;
    acted = Date.now();
    if (acted - told < TELL_EVERY) return;
    told = acted;
    ask(state, new FormData(away));
  };

  for (const kind of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(kind, act, { capture: true, passive: true });
  addEventListener("keydown", (event) => { if (!cover.hidden) event.stopPropagation(); }, true); // no key of the page behind
  setInterval(() => { if (cover.hidden && Date.now() - acted >= idle * 1000) ask(state); }, ASK_EVERY);
  for (const kind of ["visibilitychange", "desk-locked"]) document.addEventListener(kind, () => { if (cover.hidden) ask(state); });
  windows.onmessage = () => ask(state);

  away.addEventListener("submit", (event) => {
    event.preventDefault();
    show(true);
    ask(away.action, new FormData(away)).then(() => windows.postMessage("look"));
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form.action, new FormData(form)).then(() => { if (cover.hidden) windows.postMessage("look"); });
  });
})();
