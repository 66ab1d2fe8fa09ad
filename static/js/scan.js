// Reads a QR code with the camera; where there is none, or it may not be used, the screen says so and goes on without.
(() => {
  "use strict";
  const video = document.getElementById("camera");
  if (!video) return;

  const without = () => {
    document.querySelector("[data-camera]").hidden = true;
    document.querySelector("[data-no-camera]").hidden = false;
  };

  const look = (canvas, context) => {
    if (video.readyState === video.HAVE_ENOUGH_DATA) {
      canvas.width = video.videoWidth; canvas.height = video.videoHeight;
      context.drawImage(video, 0, 0);
      const picture = context.getImageData(0, 0, canvas.width, canvas.height);
      const found = window.jsQR(picture.data, picture.width, picture.height);
      if (found && window.sendScan(found.data)) return;
    }
    setTimeout(look, 200, canvas, context);
  };

  const show = (stream) => {
    video.srcObject = stream;
    video.hidden = false;
    document.getElementById("scan").classList.add("is-on");
    stream.getVideoTracks()[0].addEventListener("ended", without);
    const canvas = document.createElement("canvas");
    return video.play().then(() => look(canvas, canvas.getContext("2d", { willReadFrequently: true })));
  };

  if (!window.jsQR || !navigator.mediaDevices) { without(); return; }
  navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } }).then(show).catch(without);
})();
