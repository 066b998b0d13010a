// Curves: values over time, and over their index.
import { html, useState, useEffect, useRef } from '../core/base.js';
import { watch } from '../core/live.js';

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

let plots = null;
export function loadPlots() {
  plots ??= new Promise((done, failed) => {
    const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: new URL('../vendor/uplot.css', import.meta.url).href });
    const script = Object.assign(document.createElement('script'), { src: new URL('../vendor/uplot.js', import.meta.url).href, onload: () => done(window.uPlot), onerror: failed });
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
const line = { stroke: () => css('--line'), width: 1 };
/** In the colours of the moment, which may be others when it is drawn again. */
export const AXIS = { stroke: () => css('--muted'), grid: line, ticks: line };
/** Calls what draws when the page's colours are others; gives what ends that. */
export function onColours(draw) {
  addEventListener('colours', draw);
  return () => removeEventListener('colours', draw);
}

async function plot(element, series, { time, height }) {
  const UPlot = await loadPlots();
  return new UPlot(
    {
      width: Math.max(160, element.clientWidth), height, legend: { show: series.length > 1, live: false }, cursor: { points: { show: false } },
      scales: { x: time ? { time, range: lastMinute } : { time } }, axes: [time ? { ...AXIS, values: TICKS } : AXIS, { ...AXIS, size: 64 }],
      series: [{}, ...series.map((label, at) => ({ label, stroke: COLOURS[at % 8], width: 1.5, spanGaps: false, points: time ? { show: false } : {} }))],
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
    const plain = onColours(changed);
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
      plain();
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
