// Every action of the desk is a key: the button that names the key is pressed. Arrows walk over the rows of the list.
(() => {
  "use strict";
  const typing = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  const drawer = () => document.getElementById("drawer");
  const named = (key) => {
    const all = [...document.querySelectorAll("[data-key]")].filter((one) => one.dataset.key === key);
    return all.find((one) => drawer()?.contains(one)) || all[0];
  };
  const close = () => {
    if (!drawer()?.hasChildNodes()) return false;
    drawer().replaceChildren();
    return true;
  };
  const walk = (step) => {
    const rows = [...document.querySelectorAll(".listcard tbody tr")].filter((row) => row.querySelector("button, a"));
    const here = rows.findIndex((row) => row.contains(document.activeElement));
    const next = rows[Math.min(rows.length - 1, Math.max(0, here + step))];
    next?.querySelector("button, a").focus();
    return Boolean(next);
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
    if ([" ", "Enter"].includes(event.key) && event.target.matches("button, a, summary, input")) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step ? walk(step) : event.key === "Escape" && close()) { event.preventDefault(); return; }
    const button = named(event.key.toLowerCase());
    if (!button) return;
    event.preventDefault();
    button.click();
  });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-shut]")) close(); });
  // What was opened beside the list has its focus, and goes when its act is done.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "drawer") drawer().querySelector("button, a, input")?.focus();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, target, successful } = event.detail;
    if (successful && target?.id === "day" && drawer()?.contains(elt)) close();
  });
})();
