// What shows and sets one attribute: a cell, a state, a set value, a curve, an image.
import { html, useState, useEffect, useRef, post, say, may, since, clock } from './base.js';
import { watch, lookAt, stats } from './live.js';
import { STATES, QUALITIES, LETTERS, scalarText, isNumber, limit, parsed } from './format.js';

export { Dialog, Typed } from './base.js';

/** True while an element is on the screen. */
export function useVisible(ref) {
  const [visible, set] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => set(entries[entries.length - 1].isIntersecting), { rootMargin: '150px' });
    observer.observe(ref.current);
    return () => observer.disconnect();
  }, []);
  return visible;
}

const stale = new Set();
setInterval(() => document.hidden || stale.forEach((paint) => paint()), 1000);

/** Keeps an element's text: written only when it differs, in a node of its own. */
function writer(element) {
  const node = document.createTextNode('');
  element.append(node);
  let shown = '';
  return (text) => {
    if (text !== shown) node.data = shown = text;
  };
}

/** A live scalar as text in a box of fixed size. */
export function Cell({ name, config, part = 'value', period }) {
  const ref = useRef(null);
  const key = JSON.stringify([config.type, config.enum, config.settings.format]);
  useEffect(() => {
    const element = ref.current;
    const write = writer(element);
    let state = '';
    const paint = (live) => {
      const bad = live.stale && live.kind !== 0;
      const text = live.kind === 0 ? '…' : textOf(live, config, part);
      if (live.kind && !stats.first) stats.first = performance.now();
      write(bad && part === 'value' ? `${text}  ${since(Date.now() / 1000 - (live.failedAt || live.time))}` : text);
      const now = bad ? 'stale' : `q${part === 'set' ? 0 : live.quality}`;
      if (now !== state) element.className = `cell ${(state = now)}`;
      const title = live.error || (live.time ? `${QUALITIES[live.quality]}, ${clock(live.time)}` : '');
      if (bad || element.matches(':hover')) element.title = element.scrollWidth > element.clientWidth ? `${text}\n${title}` : title;
      if (bad) stale.add(again);
      else stale.delete(again);
    };
    const again = () => paint(stop.live);
    const enter = () => paint(stop.live);
    const stop = watch(name, paint, { period });
    element.addEventListener('pointerenter', enter);
    return () => {
      stale.delete(again);
      stop();
      element.replaceChildren();
    };
  }, [name, key, part]);
  return html`<div class="cell" ref=${ref} data-attribute=${name} data-part=${part}></div>`;
}

function textOf(live, config, part) {
  const value = part === 'set' ? live.set : live.value;
  if (part === 'set' && (value === null || Number.isNaN(value)) && config.type !== 'DevString') return '–';
  if (live.array) return `${live.width}${live.height ? ' × ' + live.height : ''} values`;
  if (live.error && live.value === null) return live.reason || 'error';
  if (config.format !== 'SCALAR' && Array.isArray(value)) return value.flat().map((each) => scalarText(each, config)).join('  ');
  if (config.type === 'DevEncoded' && Array.isArray(value)) return `${value[0]}, ${Math.floor((value[1].replace(/=+$/, '').length * 3) / 4)} bytes`;
  return scalarText(value, config);
}

/** One line about the quality or the error of an attribute. */
export function Quality({ name }) {
  const ref = useRef(null);
  useEffect(() => {
    const element = ref.current;
    const write = writer(element);
    let state = '';
    const stop = watch(name, (live) => {
      const bad = live.error !== '';
      write(live.kind === 0 ? '' : bad ? live.error.split('\n')[0] : live.quality ? `${LETTERS[live.quality]} ${QUALITIES[live.quality]}` : '');
      const now = bad ? 'bad' : `q${live.quality}`;
      if (now !== state) element.className = `quality ${(state = now)}`;
      if (bad) element.title = live.error;
    });
    return () => {
      stop();
      element.replaceChildren();
    };
  }, [name]);
  return html`<div class="quality" ref=${ref} role="status"></div>`;
}

/** A device's state in the guidelines' colour, with its name. */
export function State({ device, name, small }) {
  const ref = useRef(null);
  const full = name || `${device.split('#')[0]}/State${device.includes('#') ? '#' + device.split('#')[1] : ''}`;
  useEffect(() => {
    const element = ref.current;
    const write = writer(element);
    return watch(full, (live) => {
      const word = live.kind === 0 ? '…' : live.stale ? 'NO ANSWER' : STATES[live.value] || '?';
      write(word);
      element.className = `state s-${live.stale ? 'LOST' : word}${small ? ' small' : ''}`;
      element.title = live.error;
    });
  }, [full]);
  return html`<span class="state" ref=${ref}></span>`;
}
export const StateName = ({ state }) => html`<span class=${`state small s-${state}`}>${state}</span>`;

/** A text attribute, as Status, over several lines. */
export function Text({ name }) {
  const ref = useRef(null);
  useEffect(() => {
    const write = writer(ref.current);
    return watch(name, (live) => write(live.kind === 0 ? '' : live.error && live.value === null ? live.error : String(live.value ?? '')));
  }, [name]);
  return html`<pre class="text" ref=${ref}></pre>`;
}

// --------------------------------------------------------------------------- setting

/** Sends the newest of many values, one at a time, 100 ms apart at least. */
function flood(send) {
  let waiting;
  let busy = false;
  return async function push(value) {
    waiting = { value };
    if (busy) return;
    busy = true;
    while (waiting) {
      const next = waiting.value;
      waiting = undefined;
      await Promise.all([send(next), new Promise((done) => setTimeout(done, 100))]);
    }
    busy = false;
  };
}

const CHOICES = { DevBoolean: () => ['false', 'true'], DevState: () => STATES, DevEnum: (config) => config.enum };
/** The set value beside the read one: sent on Enter, confirmed by what is read back. */
export function Setter({ device, config }) {
  const [state, set] = useState({ text: '', phase: '' });
  const slide = useRef(null);
  const allowed = may(config.expert ? 'expert' : 'operator');
  const send = async (value, quiet) => {
    set((old) => ({ ...old, phase: 'busy' }));
    try {
      const answer = await post('write', { device, attribute: config.name, value });
      set((old) => ({ text: quiet ? old.text : '', phase: 'done', note: `set in ${answer.took.toFixed(0)} ms` }));
    } catch (error) {
      set((old) => ({ ...old, phase: 'bad', note: error.message }));
      say(`${config.name}: ${error.message}`, true);
    }
  };
  if (!slide.current) slide.current = flood((value) => send(value, true));
  if (!config.writable) return html`<div></div>`;
  if (!allowed) return html`<div class="muted small" title="Your role may not set it">read only</div>`;
  const mark = html`<span class=${'mark ' + state.phase} role="status" title=${state.note || ''}>${{ busy: '…', done: '✓', bad: '✗' }[state.phase] || ''}</span>`;
  const label = `set ${config.name}`;
  if (config.format === 'SCALAR' && CHOICES[config.type]) {
    const options = CHOICES[config.type](config);
    return html`<div class="setter"><select aria-label=${label} value="" onChange=${(event) => event.target.value && send(event.target.value)}>
      <option value="">set…</option>${options.map((option) => html`<option>${option}</option>`)}</select>${mark}</div>`;
  }
  const enter = (event) => {
    if (event.key !== 'Enter' || (config.format !== 'SCALAR' && !event.ctrlKey)) return;
    event.preventDefault();
    send(parsed(event.target.value, config));
  };
  const input = (event) => set({ text: event.target.value, phase: '' });
  if (config.format !== 'SCALAR')
    return html`<div class="setter"><textarea rows="2" aria-label=${label} placeholder="values; Ctrl+Enter sets" value=${state.text} onInput=${input} onKeyDown=${enter}></textarea>${mark}</div>`;
  const low = limit(config.settings.min_value);
  const high = limit(config.settings.max_value);
  const ranged = isNumber(config) && low !== null && high !== null && high > low;
  return html`<div class="setter"><input aria-label=${label} placeholder=${config.type === 'DevEncoded' ? 'format, text' : 'set, Enter'} size="9" value=${state.text} onInput=${input} onKeyDown=${enter} inputmode=${isNumber(config) ? 'decimal' : 'text'} />
    ${ranged && html`<input type="range" aria-label=${`slide ${config.name}`} min=${low} max=${high} step=${config.type === 'DevDouble' || config.type === 'DevFloat' ? (high - low) / 200 : 1} onInput=${(event) => slide.current(event.target.value)} />`}${mark}</div>`;
}

// ---------------------------------------------------------------------------- curves

let plots = null;
export function loadPlots() {
  plots ??= new Promise((done, failed) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('./vendor/uplot.css', import.meta.url).href });
    const script = Object.assign(document.createElement('script'), { src: new URL('./vendor/uplot.js', import.meta.url).href, onload: () => done(window.uPlot), onerror: failed });
    document.head.append(link, script);
  });
  return plots;
}

/** All that is known, and a minute at least. */
function lastMinute({ data: [times] }) {
  const last = times.length ? times[times.length - 1] : Date.now() / 1000;
  return [Math.min(times.length ? times[0] : last, last - 60), last];
}

// Ticks by their distance in seconds: 24 hours, the date below where it changes.
const ON_DATE = '\n{YYYY}-{MM}-{DD}';
export const TICKS = [[86400, '{MM}-{DD}', '\n{YYYY}', null], [60, '{HH}:{mm}', ON_DATE, ON_DATE], [1, '{HH}:{mm}:{ss}', ON_DATE, ON_DATE], [0.001, '{HH}:{mm}:{ss}.{fff}', ON_DATE, ON_DATE]].map(([step, text, year, day]) => [step, text, year, null, day, null, null, null, 1]);
export const COLOURS = ['#2f81c7', '#d9822b', '#2e9d57', '#c2497f', '#7a5bd0', '#8a7a1f', '#0e8a93', '#b3483a'];
export const css = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();

async function plot(element, series, { time, height }) {
  const UPlot = await loadPlots();
  const axis = { stroke: css('--muted'), grid: { stroke: css('--line'), width: 1 }, ticks: { stroke: css('--line') } };
  return new UPlot(
    {
      width: Math.max(160, element.clientWidth), height, legend: { show: series.length > 1, live: false }, cursor: { points: { show: false } },
      scales: { x: time ? { time, range: lastMinute } : { time } }, axes: [time ? { ...axis, values: TICKS } : axis, { ...axis, size: 64 }],
      series: [{}, ...series.map((label, at) => ({ label, stroke: COLOURS[at % 8], width: 1.5, spanGaps: false, points: { show: false } }))],
    },
    [[], ...series.map(() => [])], element,
  );
}

/** A plot that is drawn at most four times a second, and only while it is seen. */
function usePlot(ref, visible, series, options, attach) {
  useEffect(() => {
    if (!visible) return undefined;
    const element = ref.current;
    let chart = null;
    let ended = false;
    let timer = 0;
    let fresh = false;
    let data = null;
    const draw = () => {
      timer = 0;
      if (!fresh || !chart || ended) return;
      fresh = false;
      chart.setData(data());
      timer = setTimeout(draw, 250);
    };
    const changed = () => {
      fresh = true;
      if (!timer) timer = setTimeout(draw, 0);
    };
    const watched = attach(changed);
    data = watched.data;
    // Time goes on where nothing else does.
    const moving = options.time && setInterval(() => document.hidden || changed(), 1000);
    const resize = new ResizeObserver(() => chart && chart.setSize({ width: Math.max(160, element.clientWidth), height: options.height }));
    plot(element, series, options).then((made) => {
      if (ended) { made.destroy(); return; }
      chart = made;
      resize.observe(element);
      changed();
    });
    return () => {
      ended = true;
      clearTimeout(timer);
      clearInterval(moving);
      resize.disconnect();
      watched.stop();
      if (chart) chart.destroy();
    };
  }, [visible, JSON.stringify(series), options.key]);
}

/** Attributes over time, since the page looks at them. */
export function Trend({ names, labels, height = 180 }) {
  const ref = useRef(null);
  const visible = useVisible(ref);
  usePlot(ref, visible, labels || names, { time: true, height, key: names.join('|') }, (changed) => {
    const stops = names.map((name) => watch(name, changed, { keep: true }));
    return { stop: () => stops.forEach((stop) => stop()), data: () => joined(stops.map((stop) => untilNow(stop.live))) };
  });
  return html`<div class="plot" style=${`min-height:${height}px`} ref=${ref} role="img" aria-label=${'trend of ' + names.join(', ')}></div>`;
}

/** What is kept of an attribute; a value that stands still stands until now, by the device's own clock. */
function untilNow(live) {
  const { times, values } = live.history;
  const now = live.time + Date.now() / 1000 - live.arrived;
  if (live.stale || !times.length || !(now > times[times.length - 1])) return live.history;
  return { times: [...times, now], values: [...values, values[values.length - 1]] };
}

function joined(histories) {
  if (histories.length === 1) return [histories[0].times, histories[0].values];
  const times = [...new Set(histories.flatMap(({ times }) => times))].sort((a, b) => a - b);
  return [times, ...histories.map((history) => {
    let at = -1;
    return times.map((time) => {
      while (at + 1 < history.times.length && history.times[at + 1] <= time) at += 1;
      return at < 0 ? null : history.values[at];
    });
  })];
}

/** A spectrum as a curve over its index. */
export function Curve({ name, height = 150 }) {
  const ref = useRef(null);
  const visible = useVisible(ref);
  usePlot(ref, visible, ['value'], { time: false, height, key: name }, (changed) => {
    const stop = watch(name, changed);
    return {
      stop,
      data: () => {
        const { array, step } = stop.live;
        if (!array) return [[], []];
        return [Float64Array.from(array, (_, at) => at * step), Array.from(array, (value) => (Number.isFinite(value) ? value : null))];
      },
    };
  });
  return html`<div class="plot" style=${`min-height:${height}px`} ref=${ref} role="img" aria-label=${'curve of ' + name}></div>`;
}

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
