// Images, and regions of them.
import { html, useState, useEffect, useRef } from '../core/base.js';
import { watch, lookAt } from '../core/live.js';
import { useVisible } from './plots.js';

/** An image with its colour scale: its own lowest value dark, its highest bright. A region is drawn with the mouse, or typed. */
export function Picture({ name }) {
  const frame = useRef(null);
  const canvas = useRef(null);
  const visible = useVisible(frame);
  const [told, setTold] = useState('');
  const [point, setPoint] = useState('');
  const [text, setText] = useState('');
  const [box, setBox] = useState(null);
  const shown = useRef(null);
  useEffect(() => {
    if (!visible) return undefined;
    return watch(name, (live) => {
      shown.current = live;
      if (live.array && live.height) setTold(paintImage(canvas.current, live));
    });
  }, [visible, name]);
  /** The pixel under the pointer, in the image and in what is shown of it. */
  const pixel = (event) => {
    const live = shown.current;
    if (!live || !live.array) return null;
    const place = canvas.current.getBoundingClientRect();
    const [column, row] = [[event.clientX - place.left, place.width, live.width], [event.clientY - place.top, place.height, live.height]].map(([at, whole, count]) => Math.min(count - 1, Math.max(0, Math.floor((at / whole) * count))));
    return { x: live.x + column * live.step, y: live.y + row * live.step, value: live.array[row * live.width + column], left: event.clientX - place.left, top: event.clientY - place.top };
  };
  const choose = (region) => { setText(region ? region.join(' ') : ''); lookAt(shown.current, region); };
  const down = (event) => { const at = pixel(event); if (at && !event.button) { setBox([at, at]); canvas.current.setPointerCapture(event.pointerId); event.preventDefault(); } };
  const move = (event) => { const at = pixel(event); if (!at) return; setPoint(`[${at.x}, ${at.y}] ${at.value}`); if (box) setBox([box[0], at]); };
  const up = () => {
    if (!box) return;
    const [from, to] = box;
    setBox(null);
    const [x, y] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
    const size = [Math.abs(from.x - to.x) + shown.current.step, Math.abs(from.y - to.y) + shown.current.step];
    if (Math.abs(from.left - to.left) > 3 && Math.abs(from.top - to.top) > 3) choose([x, y, ...size]);
  };
  const typed = (event) => {
    if (event.key !== 'Enter' || !shown.current) return;
    const numbers = (text.match(/\d+/g) || []).map(Number);
    if (numbers.length === 4 || !numbers.length) choose(numbers.length ? numbers : null);
  };
  const drawn = box && { left: Math.min(box[0].left, box[1].left), top: Math.min(box[0].top, box[1].top), width: Math.abs(box[0].left - box[1].left), height: Math.abs(box[0].top - box[1].top) };
  return html`<div class="picture" ref=${frame}><div class="frame_"><canvas ref=${canvas} onPointerDown=${down} onPointerMove=${move} onPointerUp=${up} onPointerCancel=${() => setBox(null)} onPointerLeave=${() => setPoint('')} onDblClick=${() => choose(null)} role="img" aria-label=${'image ' + name}></canvas>
      ${drawn && html`<div class="box" style=${Object.entries(drawn).map(([side, at]) => `${side}:${at}px`).join(';')}></div>`}</div>
    <div class="scale"></div><div class="small muted" role="status">${told}</div><div class="small mono" style="min-height:18px">${point}</div>
    <div class="row small"><label class="row muted">region <input size="16" placeholder="x y width height" aria-label=${'region of ' + name} value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${typed} /></label><button class="small" disabled=${!text} onClick=${() => choose(null)}>Whole image</button></div></div>`;
}

let viridis = null;
function colours() {
  if (viridis) return viridis;
  const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
  viridis = new Uint32Array(256);
  for (let at = 0; at < 256; at += 1) {
    const place = (at / 255) * 4;
    const low = Math.min(3, Math.floor(place));
    const mix = [0, 1, 2].map((k) => Math.round(stops[low][k] + (stops[low + 1][k] - stops[low][k]) * (place - low)));
    viridis[at] = (255 << 24) | (mix[2] << 16) | (mix[1] << 8) | mix[0];
  }
  return viridis;
}

function paintImage(canvas, { array, width, height, step, x, y, cut }) {
  let low = Infinity;
  let high = -Infinity;
  let sum = 0;
  let count = 0;
  for (const value of array) {
    if (value < low) low = value;
    if (value > high) high = value;
    if (Number.isFinite(value)) { sum += value; count += 1; }
  }
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pixels = new ImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  const table = colours();
  const scale = high > low ? 255 / (high - low) : 0;
  for (let at = 0; at < words.length; at += 1) words[at] = Number.isNaN(array[at]) ? 0 : table[Math.max(0, Math.min(255, Math.round((array[at] - low) * scale)))];
  canvas.getContext('2d').putImageData(pixels, 0, 0);
  const mean = sum / count;
  let squares = 0;
  for (const value of array) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  const figures = `${short(low)} … ${short(high)}, mean ${short(mean)}, σ ${short(Math.sqrt(squares / count))}, sum ${short(sum * step * step)}`;
  return `${cut ? `region ${x} ${y} ${width * step} ${height * step}` : `${width * step} × ${height * step}`}: ${figures}${step > 1 ? ` (of one pixel in ${step} × ${step})` : ''}`;
}
const short = (value) => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5))));
