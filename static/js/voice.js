// The one voice of a page: plays recordings one after the other, chimes where there is none, and is silent at once.
// voice.say("ar/3fa9c1d2 ar/1 | de/3fa9c1d2 de/1", { element, announce }): what stands between bars is said if all of it
// is there. Events on the document: voice:say (sounds, element) at once, then voice:state («heard», «chime», «refused»),
// voice:end or voice:hush; voice:refused and voice:open tell whether the browser lets a page be heard.
window.voice = (() => {
  "use strict";
  const PAUSE = 0.25, LONGEST_TRY = 0.4, SHOWN = 1;
  const addresses = new Map((document.body.dataset.sounds || "").split(" ").filter(Boolean).map((a) => [a.split("/").at(-2), a]));
  const lists = new Map(), buffers = new Map();
  const context = new AudioContext(), gain = new GainNode(context);
  gain.connect(context.destination);
  let turn = 0, sources = [];

  const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
  const wait = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

  // A page may make no noise before somebody has touched it, unless the browser was started so.
  const open = async () => {
    if (context.state !== "running") await Promise.race([context.resume(), wait(LONGEST_TRY)]).catch(() => {});
    return context.state === "running";
  };

  const buffer = async (sound) => {
    const [tag, id] = sound.split("/");
    if (!addresses.has(tag)) return null;
    if (!lists.has(tag)) lists.set(tag, fetch(addresses.get(tag)).then((answer) => answer.json()).catch(() => ({})));
    const found = (await lists.get(tag))[id];
    if (!found?.[1]) return null;
    const address = new URL(found[1], new URL(addresses.get(tag), location)).href;
    if (!buffers.has(address)) {
      buffers.set(address, fetch(address).then((answer) => answer.arrayBuffer())
        .then((bytes) => context.decodeAudioData(bytes)).catch(() => null));
    }
    return buffers.get(address);
  };

  const start = (source, at, length) => { sources.push(source); source.connect(gain); source.start(at); return at + length; };

  const tone = (pitch, at, length) => {
    const fade = new GainNode(context), source = new OscillatorNode(context, { frequency: pitch });
    fade.gain.setValueAtTime(0.3, at);
    fade.gain.exponentialRampToValueAtTime(0.001, at + length);
    fade.connect(gain);
    source.connect(fade);
    source.start(at);
    source.stop(at + length);
    sources.push(source);
  };

  const chime = (at) => { tone(659, at, 0.6); tone(523, at + 0.35, 0.9); return at + 1.2; };
  const tick = (at) => { tone(784, at, 0.15); return at + SHOWN; };

  const shown = () => { for (const element of document.querySelectorAll(".is-said")) element.classList.remove("is-said"); };

  const hush = () => {
    turn += 1;
    for (const source of sources) { try { source.stop(); } catch { /* it has not begun */ } }
    if (sources.length) tell("voice:hush");
    sources = [];
    shown();
  };

  // Resolves when all is said, with false if something else was said meanwhile.
  const say = async (sounds, { element = null, announce = false } = {}) => {
    hush();
    const mine = turn;
    tell("voice:say", { sounds, element });
    element?.classList.add("is-said");
    const heard = await open(), groups = await Promise.all(sounds.split("|").map(whole));
    if (mine !== turn) return false;
    const length = heard ? play(groups.flatMap((group) => group), announce) : 0;
    if (!heard) tell("voice:refused");
    await wait(Math.max(length, SHOWN));
    if (mine !== turn) return false;
    shown();
    sources = [];
    tell("voice:end", { sounds, element });
    return true;
  };

  // A sentence with a gap would be a wrong one: all pieces, or none.
  const whole = async (group) => {
    const pieces = await Promise.all(group.split(" ").filter(Boolean).map(buffer));
    return pieces.every(Boolean) && pieces.length ? [...pieces, null] : [];
  };

  const play = (pieces, announce) => {
    const began = context.currentTime;
    tell("voice:state", { state: pieces.length ? "heard" : "chime" });
    let at = announce ? chime(began) : pieces.length ? began : tick(began);
    for (const piece of pieces) at = piece ? start(new AudioBufferSourceNode(context, { buffer: piece }), at, piece.duration) : at + PAUSE;
    return at - began;
  };

  for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, () => open().then((is) => { if (is) tell("voice:open"); }), { capture: true });
  return { say, hush, open, volume: (loud) => { gain.gain.value = loud; } };
})();
