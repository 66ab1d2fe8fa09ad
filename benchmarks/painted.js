// Notes when the h1 and the first answer below it were painted: a frame in which an element has a box
// has been drawn when the next frame begins.
(() => {
  const wanted = { h1: "h1", answer: "main .row, main .slot, main .btn" };
  const painted = (window.painted = {});
  const shown = (name) => {
    const box = document.querySelector(wanted[name])?.getBoundingClientRect();
    return box && box.width > 0 && box.height > 0;
  };
  const look = () => {
    const there = Object.keys(wanted).filter((name) => !(name in painted) && shown(name));
    requestAnimationFrame(() => {
      for (const name of there) painted[name] = performance.now();
      if (Object.keys(painted).length < 2) look();
    });
  };
  requestAnimationFrame(look);
})();
