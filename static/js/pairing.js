// A QR code of the desk carries the pairing code behind the #: it is put into the field and leaves the address at once.
(() => {
  "use strict";
  const code = location.hash.slice(1), field = document.getElementById("code");
  if (!/^\d{10}$/.test(code) || !field) return;
  history.replaceState(null, "", location.pathname);
  field.value = code;
  field.form.querySelector("button").focus();
})();
