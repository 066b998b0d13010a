// The live values: one socket, one object per attribute that is looked at, one painting per frame of the screen.
import { signal, me } from './base.js';

export const online = signal(false);
export const messages = { journal: new Set(), log: new Set(), progress: new Set() };
/** For whoever measures: counts, `first` the milliseconds from the page's beginning to the first value in a cell, and with `measure` the seconds from the device's time to the painted text. */
export const stats = { first: 0, frames: 0, values: 0, skipped: 0, paints: 0, measure: false, latency: [] };

const KINDS = { NEW: 0, NUMBER: 1, OBJECT: 2, ERROR: 3 };
const KEPT = 1200;
const byName = new Map();
/** By the server's numbers, of which each means one attribute for as long as the socket lives. */
const byIndex = new Map();
const dirty = new Set();
/** Attributes that the next message asks for: those of a whole page are one question. */
let asked = [];
let socket = null;
let pause = 500;
let heard = 0;
let painting = 0;
let leaving = 0;
let hidden = false;

class Live {
  constructor(name, period) {
    Object.assign(this, { name, period, users: 0, index: -1, kind: KINDS.NEW, value: null, set: null, array: null, width: 0, height: 0, step: 1, x: 0, y: 0, region: null, cut: false, quality: 1, time: 0, arrived: 0, error: '', reason: '', failedAt: 0 });
    this.painters = new Set();
    this.history = null;
  }
  get stale() {
    return this.error !== '' || !online.peek();
  }
  keep() {
    if (this.history) return;
    this.history = { times: [], values: [], sets: [] };
    if (this.kind === KINDS.NUMBER) this.record();
  }
  record() {
    const { times, values, sets } = this.history;
    const last = times.length ? times[times.length - 1] : 0;
    if (this.time <= last) return;
    times.push(this.time);
    values.push(Number.isFinite(this.value) ? this.value : null);
    sets.push(Number.isFinite(this.set) ? this.set : null);
    if (times.length > KEPT) for (const each of [times, values, sets]) each.splice(0, KEPT / 4);
  }
}

/** Look at an attribute: `paint` is called, once per frame of the screen at most, when it changed. Gives what ends that. */
export function watch(name, paint, { period, keep } = {}) {
  let live = byName.get(name);
  if (!live) {
    live = new Live(name, period);
    byName.set(name, live);
    if (!asked.length) queueMicrotask(askAll);
    asked.push(live);
  }
  if (keep) live.keep();
  live.users += 1;
  live.painters.add(paint);
  dirty.add(live);
  schedule();
  const stop = () => {
    if (!live.painters.delete(paint)) return;
    live.users -= 1;
    if (!live.users && !leaving) leaving = setTimeout(leave, 1500);
  };
  stop.live = live;
  return stop;
}

const question = (live) => (live.period ? [live.name, live.period] : live.name);
function askAll() {
  const names = asked.filter((live) => live.users).map(question);
  asked = [];
  for (let at = 0; at < names.length; at += 500) send({ add: names.slice(at, at + 500) });
}

/** Of an image, see a region alone: column, row, width, height in pixels; null is all of it. */
export function lookAt(live, region) {
  live.region = region;
  askAll();
  send({ region: [live.name, ...(region || [])] });
}

function leave() {
  leaving = 0;
  const gone = [...byName.values()].filter((live) => !live.users);
  for (const live of gone) {
    byName.delete(live.name);
    byIndex.delete(live.index);
  }
  if (gone.length) send({ remove: gone.map((live) => live.name) });
}

function touch(live) {
  dirty.add(live);
  schedule();
}

function schedule() {
  if (!painting && !document.hidden) painting = requestAnimationFrame(paintAll);
}

function paintAll() {
  painting = 0;
  const all = [...dirty];
  dirty.clear();
  stats.paints += 1;
  for (const live of all) for (const paint of live.painters) paint(live);
  if (stats.measure) setTimeout(() => stats.latency.push(...all.slice(0, 20).map((live) => Date.now() / 1000 - live.time)));
}

/** Paint everything again: the connection came or went. */
function all() {
  for (const live of byName.values()) dirty.add(live);
  schedule();
}

// --------------------------------------------------------------------------- socket

function send(message) {
  if (socket && socket.readyState === WebSocket.OPEN && !hidden) socket.send(JSON.stringify(message));
}

function forgetNumbers() {
  byIndex.clear();
  for (const live of byName.values()) live.index = -1;
}

function sendAll() {
  asked = [...byName.values()];
  askAll();
  for (const live of byName.values()) if (live.region) send({ region: [live.name, ...live.region] });
}

const refused = () => (me.peek() || {}).needsToken;

export function connect() {
  if (socket) return;
  heard = Date.now();
  socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => {
    pause = 500;
    heard = Date.now();
    forgetNumbers();
    online.value = true;
    sendAll();
    all();
  };
  socket.onmessage = ({ data }) => {
    heard = Date.now();
    if (typeof data === 'string') text(JSON.parse(data));
    else binary(data);
  };
  socket.onclose = lost;
}

function lost() {
  socket = null;
  online.value = false;
  all();
  if (refused()) return; // whoever gives a token connects again
  setTimeout(connect, pause);
  pause = Math.min(pause * 2, 5000);
}

setInterval(() => {
  if (!socket || document.hidden || Date.now() - heard < 12000) return;
  // A socket whose other end has vanished says nothing for ever, not even that it is closed.
  socket.onopen = socket.onmessage = socket.onclose = null;
  socket.close();
  lost();
}, 3000);

let hiding = 0;
document.addEventListener('visibilitychange', () => {
  clearTimeout(hiding);
  if (document.hidden) {
    hiding = setTimeout(() => {
      send({ hidden: true });
      hidden = true;
      forgetNumbers();
    }, 5000);
    return;
  }
  heard = Date.now();
  if (hidden) {
    hidden = false;
    sendAll();
  }
  schedule();
});

function text(message) {
  if (message.t === 'index') {
    for (const [name, index, refused] of message.names) numbered(byName.get(name), index, refused);
  } else if (message.t === 'v') {
    for (const [index, value, set, quality, time, error, reason] of message.v) object(byIndex.get(index), value, set, quality, time, error, reason);
  } else if (messages[message.t]) {
    for (const listener of messages[message.t]) listener(message);
  }
}

function numbered(live, index, refused) {
  if (!live) return;
  if (refused) {
    fail(live, refused, 'Web_Refused', Date.now() / 1000);
    return;
  }
  byIndex.delete(live.index);
  live.index = index;
  byIndex.set(index, live);
}

function fail(live, error, reason, when) {
  if (live.error !== error) live.failedAt = when;
  Object.assign(live, { error, reason, kind: KINDS.ERROR });
  touch(live);
}

function object(live, value, set, quality, time, error, reason) {
  if (!live) return;
  if (error) {
    fail(live, error, reason, time);
    return;
  }
  Object.assign(live, { value, set, quality, time, error: '', reason: '', kind: KINDS.OBJECT, array: null });
  touch(live);
}

function binary(data) {
  const view = new DataView(data);
  if (view.getUint32(0, true) === 2) array(data, view);
  else numbers(data, view);
}

function numbers(data, view) {
  const n = view.getUint32(4, true);
  stats.frames += 1;
  stats.values += n;
  const values = new Float64Array(data, 16, n);
  const times = new Float64Array(data, 16 + 8 * n, n);
  const sets = new Float64Array(data, 16 + 16 * n, n);
  const indices = new Uint32Array(data, 16 + 24 * n, n);
  const skipped = new Uint32Array(data, 16 + 28 * n, n);
  const qualities = new Uint8Array(data, 16 + 32 * n, n);
  const kinds = new Uint8Array(data, 16 + 33 * n, n);
  const now = Date.now() / 1000;
  for (let at = 0; at < n; at += 1) {
    const live = byIndex.get(indices[at]);
    stats.skipped += skipped[at];
    if (!live || kinds[at] !== KINDS.NUMBER) continue;
    live.value = values[at];
    live.time = times[at];
    live.arrived = now;
    live.set = sets[at];
    live.quality = qualities[at];
    live.kind = KINDS.NUMBER;
    live.error = '';
    live.array = null;
    if (live.history) live.record();
    dirty.add(live);
  }
  schedule();
}

const ARRAYS = [Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Uint8Array];
function array(data, view) {
  const live = byIndex.get(view.getUint32(4, true));
  if (!live) return;
  const [quality, width, height, step, code] = [16, 20, 24, 28, 32].map((at) => view.getUint32(at, true));
  Object.assign(live, { array: new ARRAYS[code & 255](data, 40), cut: code > 255, width, height, step, x: view.getUint16(36, true), y: view.getUint16(38, true), quality, time: view.getFloat64(8, true), kind: KINDS.OBJECT, error: '', value: null });
  touch(live);
}
