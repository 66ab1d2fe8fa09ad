// Reads the QR code of a visit with the camera; a keyboard-wedge scanner types into the same place.
(() => {
  "use strict";
  const LINK = /\/t\/[A-Za-z0-9_-]{22}$/;
  const form = document.getElementById("code-form");
  const video = document.getElementById("camera");
  const send = (text) => { document.getElementById("scanned").value = text; form.requestSubmit(); };

  let typed = "";
  addEventListener("keydown", (event) => {
    if (event.key === "Enter" && LINK.test(typed)) { event.preventDefault(); send(typed); return; }
    if (event.key.length === 1) typed = (typed + event.key).slice(-300);
  }, true);

  const look = (canvas, context) => {
    if (video.readyState === video.HAVE_ENOUGH_DATA) {
      canvas.width = video.videoWidth; canvas.height = video.videoHeight;
      context.drawImage(video, 0, 0);
      const picture = context.getImageData(0, 0, canvas.width, canvas.height);
      const found = window.jsQR(picture.data, picture.width, picture.height);
      if (found && LINK.test(found.data)) { send(found.data); return; }
    }
    setTimeout(look, 200, canvas, context);
  };

  if (!video || !window.jsQR || !navigator.mediaDevices) return;
  navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } }).then((stream) => {
    video.srcObject = stream;
    video.hidden = false;
    document.getElementById("scan").classList.add("is-on");
    const canvas = document.createElement("canvas");
    video.play().then(() => look(canvas, canvas.getContext("2d", { willReadFrequently: true })));
  }).catch(() => {});
})();
