// The desk has seen that somebody wants a person: now the screen may promise one.
document.addEventListener("somebody-comes", () => {
  "use strict";
  const coming = document.getElementById("coming");
  document.getElementById("asked").remove();
  coming.hidden = false;
  coming.dispatchEvent(new CustomEvent("kiosk:say", { bubbles: true }));
});
