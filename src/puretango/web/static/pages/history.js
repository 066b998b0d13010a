// What was archived and what comes, on one axis: the archive's part, then the live values; quality, gaps and runs drawn.
import { html, use, useState, useEffect, useRef, useAnswer, get, go, me, day, clock, signal } from '../core/base.js';
import { watch } from '../core/live.js';
import { useVisible, loadPlots, onColours, css, AXIS, COLOURS, TICKS } from '../widgets/plots.js';
import { STATES, QUALITIES, scalarText } from '../core/format.js';

const SPANS = { '10 min': 600, '1 h': 3600, '8 h': 28800, '1 d': 86400, '1 w': 604800, '4 w': 2419200, '1 y': 31557600 };
const SHADES = ['', '--stale-back', '--bad-back', '--busy-back', '--warn-back'];
const AGAIN = 10000;

/** What of the address says which time: the last seconds, from and to, or a bluesky run. */
function rangeOf(query) {
  if (query.get('from')) return { from: Number(query.get('from')), to: Number(query.get('to')) || Date.now() / 1000 };
  return query.get('run') ? { run: query.get('run') } : { last: Number(query.get('last')) || 3600 };
}
const address = (names, range) => '/a?' + new URLSearchParams([...names.map((name) => ['a', name]), ...Object.entries(range)]);

export function HistoryPage({ query }) {
  const names = query.getAll('a').filter(Boolean);
  const range = rangeOf(query);
  document.title = `${names[0] || 'Archive'} – puretango`;
  const show = (list, wanted, replace) => go(address(list, wanted), replace);
  return html`<div class="head"><h1>Archive</h1><${Times} range=${range} choose=${(wanted) => show(names, wanted)} /></div>
    ${names.map((name) => html`<div class="card" key=${name}><h2 class="row"><span>${name}</span><button class="quiet right" aria-label=${'remove ' + name} onClick=${() => show(names.filter((one) => one !== name), range, true)}>✕</button></h2>
      <${History} name=${name} range=${range} choose=${(wanted) => show(names, wanted)} /></div>`)}
    <${Names} key=${names.length} more=${names.length > 0} link=${(name) => address([...names.filter((one) => one !== name), name], range)} />`;
}

function Names({ more, link }) {
  const [text, set] = useState('');
  const [found, error] = useAnswer('archive/names', { text });
  return html`<div class="card"><div class="row"><input style="width:min(440px,80vw)" placeholder="part of an attribute's name" aria-label="archived attribute" value=${text} onInput=${(event) => set(event.target.value)} />
    <span class="muted">${found ? `${found.count} of ${found.all} archived attributes` : ''}</span></div>${error && html`<p class="bad" role="alert">${error.message}</p>`}
    ${(more && !text ? [] : found ? found.names : []).map((name) => html`<div key=${name}><a href=${link(name)}>${name}</a></div>`)}</div>`;
}

const shown = signal({});

function Times({ range, choose }) {
  const seen = use(shown);
  const to = range.last ? Date.now() / 1000 : range.to || seen.to;
  const from = range.last ? to - range.last : range.from || seen.from;
  const local = (seconds) => (seconds ? day(seconds).replace(' ', 'T') : '');
  const set = (which) => (event) => {
    const wanted = { from, to, [which]: new Date(event.target.value).getTime() / 1000 };
    if (wanted.to > wanted.from) choose({ from: wanted.from, to: wanted.to });
  };
  const move = (part) => choose({ from: from + part * (to - from), to: to + part * (to - from) });
  return html`<span class="right row">${Object.entries(SPANS).map(([text, last]) => html`<button class=${range.last === last ? 'main' : ''} onClick=${() => choose({ last })}>${text}</button>`)}
    <button aria-label="earlier" onClick=${() => move(-0.5)}>◀</button><button aria-label="later" onClick=${() => move(0.5)}>▶</button>
    <input type="datetime-local" step="1" aria-label="from" value=${local(from)} onChange=${set('from')} /><input type="datetime-local" step="1" aria-label="to" value=${local(to)} onChange=${set('to')} /></span>`;
}

/** An attribute's trend: with its history where there is one, else what stands inside. */
export function Past({ name, children }) {
  const [range, choose] = useState({ last: 3600 });
  const plain = name.replace(/^tango:\/\/[^/]+\//, '').split('#')[0].toLowerCase();
  const [found] = useAnswer(use(me).archive ? 'archive/names' : '', { text: '/' + plain });
  if (!found || !found.count) return children;
  return html`<div class="row"><${Times} range=${range} choose=${choose} /></div><${History} name=${name} range=${range} choose=${choose} />`;
}

export function History({ name, range, choose }) {
  const ref = useRef(null);
  const visible = useVisible(ref);
  const [state, set] = useState({});
  const [point, setPoint] = useState('');
  useEffect(() => (visible ? chart(ref.current, name, range, { choose, point: setPoint, told: (change) => set((old) => ({ ...old, ...change })) }) : undefined), [visible, name, JSON.stringify(range)]);
  const { answer, error, now } = state;
  const until = (time) => (time === null ? 'now' : day(time));
  return html`<div class="plot" style="min-height:260px" ref=${ref} role="img" aria-label=${'history of ' + name}></div>
    <div class="small mono" style="min-height:20px" role="status">${error ? html`<span class="bad" role="alert">${error}</span>` : point || now || ''}</div>
    ${answer && html`<div class="small muted row">${answer.qualities === null ? 'too many samples for their quality to be shown; ' : ''}${[...new Set((answer.qualities || []).map((each) => each[2]))].map((quality) => html`<span style=${`background:var(${SHADES[quality]});padding:0 6px`}>${QUALITIES[quality]}</span>`)}
      <span>${answer.count ? answer.count.reduce((sum, n) => sum + n, 0) : answer.time.length} samples</span><span class="right">drag: a shorter time</span></div>
      ${answer.value && html`<${Values} answer=${answer} />`}
      ${answer.gaps.length > 0 && html`<details class="small" open=${answer.gaps.length < 6}><summary>${answer.gaps.length} ${answer.gaps.length === 1 ? 'gap' : 'gaps'}</summary>${answer.gaps.slice(-200).map((gap) => html`<div><b>${gap.kind}</b> ${day(gap.from)} – ${until(gap.to)}${gap.count ? `, ${gap.count} lost` : ''} <span class="muted">${gap.text}</span></div>`)}</details>`}
      ${answer.runs.map((run) => html`<div class="small" key=${run.uid}><a href=${address([name], { run: run.uid })}>run ${run.text}</a> ${day(run.start)} – ${until(run.end)} <span class="mono muted">${run.uid}</span></div>`)}`}`;
}

const configOf = ({ type, labels }) => ({ type: type.split(' ')[0], format: type.split(' ')[1], enum: labels || [], settings: { format: '' } });

/** Values that are no numbers, the newest first. */
function Values({ answer }) {
  const config = configOf(answer);
  const rows = answer.time.map((time, at) => [time, answer.value[at], answer.quality[at]]).slice(-200).reverse();
  return html`<div class="scroll" style="max-height:320px"><table>${rows.map(([time, value, quality]) => html`<tr><td class="mono">${day(time)}</td><td>${JSON.stringify(value).length > 200 ? JSON.stringify(value).slice(0, 200) + '…' : scalarText(value, config)}</td><td>${quality ? QUALITIES[quality] : ''}</td></tr>`)}</table></div>`;
}

/** Draws until what it gives is called. */
function chart(element, name, range, { choose, point, told }) {
  const live = { times: [], values: [], qualities: [], error: '', since: 0 };
  let answer = null;
  let plot = null;
  let ended = false;
  let timer = 0;
  let asking = 0;
  let newest = null;
  const width = () => Math.max(240, element.clientWidth);
  const times = () => (range.last ? [Date.now() / 1000 - range.last, Date.now() / 1000] : answer ? [answer.from, answer.to] : [range.from, range.to]);

  async function ask() {
    try {
      const [from, to] = times();
      answer = await get('archive/data', { name, points: width(), ...(range.run ? { run: range.run } : { from, to }) });
      if (ended) return;
      if (!range.last) shown.value = { from: answer.from, to: answer.to };
      told({ answer, error: '' });
      if (!plot && answer.mean) plot = await made();
      if (ended) stop();
      else draw();
    } catch (error) {
      if (!ended) told({ error: error.message });
    }
    if (range.last && !ended) asking = setTimeout(() => (document.hidden ? 0 : ask()), AGAIN);
  }

  const take = (one) => {
    if (one.error) {
      if (!live.error) live.since = one.failedAt;
      live.error = one.error;
    } else if (typeof one.value === 'number' && one.time > (live.times[live.times.length - 1] || 0)) {
      live.error = '';
      live.times.push(one.time);
      live.values.push(Number.isFinite(one.value) ? one.value : null);
      live.qualities.push(one.quality);
      if (live.times.length > 5000) for (const each of [live.times, live.values, live.qualities]) each.splice(0, 1000);
    }
    newest = one;
    soon();
  };
  const soon = () => { if (!timer && !ended) timer = setTimeout(draw, 500); };

  /** The archive's points, then the live ones that are newer; nothing at a gap's beginning, so that the line is broken there. */
  function data() {
    const rows = answer.time.map((time, at) => [time, answer.mean[at], answer.min[at], answer.max[at]]);
    const last = answer.time.length ? answer.time[answer.time.length - 1] : 0;
    if (range.last) live.times.forEach((time, at) => time > last && rows.push([time, live.values[at], live.values[at], live.values[at]]));
    for (const { from } of gaps()) rows.push([from, null, null, null]);
    rows.sort((a, b) => a[0] - b[0]);
    const end = rows[rows.length - 1];
    // A value that has not changed since is the value now.
    if (range.last && live.times.length && !live.error && end && end[1] !== null) rows.push([Date.now() / 1000, ...end.slice(1)]);
    return [0, 1, 2, 3].map((column) => rows.map((row) => row[column]));
  }
  const gaps = () => {
    // Of gaps that still last the archive knows no end; the live values may know it.
    const newest = live.error ? 0 : live.times[live.times.length - 1] || 0;
    const known = answer.gaps.filter((gap) => gap.from <= times()[1]).map((gap) => ({ ...gap, to: gap.to ?? (newest > gap.from ? Math.max(gap.from, live.times.find((time) => time > gap.from)) : times()[1]) }));
    return range.last && live.error ? [...known, { kind: 'no answer', from: live.since, to: times()[1], text: live.error }] : known;
  };
  const shades = () => {
    const found = [...(answer.qualities || [])];
    if (range.last) live.times.forEach((time, at) => live.qualities[at] && time > answer.to && found.push([time, live.times[at + 1] || times()[1], live.qualities[at]]));
    return found;
  };

  function draw() {
    timer = 0;
    if (ended || !answer) return;
    if (newest) told({ now: newest.error ? newest.error.split('\n')[0] : `now ${scalarText(newest.value, configOf(answer))}  ${newest.quality ? QUALITIES[newest.quality] : ''}  ${clock(newest.time)}` });
    newest = null;
    // Whoever is just dragging would lose what they have marked.
    if (plot && !plot.select.width) plot.setData(data());
    if (range.last) soon();
  }

  function background(u) {
    const { ctx, bbox: { left, top, width: wide, height } } = u;
    const x = (time) => Math.min(left + wide, Math.max(left, u.valToPos(time, 'x', true)));
    ctx.save();
    ctx.textAlign = 'left';
    for (const [from, to, quality] of shades()) {
      ctx.fillStyle = css(SHADES[quality] || SHADES[1]);
      ctx.fillRect(x(from), top, Math.max(2, x(to) - x(from)), height);
    }
    ctx.font = `${11 * devicePixelRatio}px system-ui`;
    for (const gap of gaps()) {
      const [a, b] = [x(gap.from), Math.max(x(gap.from) + 2, x(gap.to))];
      ctx.save();
      ctx.beginPath();
      ctx.rect(a, top, b - a, height);
      ctx.clip();
      ctx.strokeStyle = css('--stale');
      ctx.globalAlpha = 0.55;
      ctx.lineWidth = 1;
      ctx.beginPath();
      for (let at = a - height; at < b; at += 9 * devicePixelRatio) { ctx.moveTo(at, top + height); ctx.lineTo(at + height, top); }
      ctx.stroke();
      ctx.globalAlpha = 1;
      ctx.fillStyle = css(/stopped|paused/.test(gap.kind) ? '--muted' : '--bad');
      ctx.fillRect(a, top + height - 4 * devicePixelRatio, b - a, 4 * devicePixelRatio);
      if (b - a > 70 * devicePixelRatio) ctx.fillText(gap.kind, a + 5, top + height - 9 * devicePixelRatio);
      ctx.restore();
    }
    ctx.restore();
  }

  function marks(u) {
    const { ctx, bbox: { left, top, width: wide, height } } = u;
    const x = (time) => Math.min(left + wide, Math.max(left, u.valToPos(time, 'x', true)));
    ctx.save();
    ctx.textAlign = 'left';
    ctx.font = `${11 * devicePixelRatio}px system-ui`;
    ctx.fillStyle = ctx.strokeStyle = css('--accent');
    for (const run of answer.runs) {
      const [a, b] = [x(run.start), Math.max(x(run.start) + 2, x(run.end ?? times()[1]))];
      ctx.fillRect(a, top, b - a, 4 * devicePixelRatio);
      ctx.setLineDash([4, 4]);
      ctx.beginPath();
      for (const at of [a, b]) { ctx.moveTo(at, top); ctx.lineTo(at, top + height); }
      ctx.stroke();
      ctx.fillText(run.text, a + 4, top + 16 * devicePixelRatio);
    }
    ctx.restore();
  }

  function cursor(u) {
    const at = u.cursor.idx;
    if (at === null || at === undefined || u.cursor.left < 0) { point(''); return; }
    const [time, mean, low, high] = u.data.map((column) => column[at]);
    const here = u.posToVal(u.cursor.left, 'x');
    const inside = (list) => list.filter((each) => here >= (each.from ?? each.start) && here <= (each.to ?? each.end ?? here));
    const shade = shades().find(([from, to]) => here >= from && here <= to);
    const number = (value) => (steps() ? word(value) : undefined) ?? String(Number(value.toPrecision(8)));
    const value = mean === null ? '' : low === high ? number(mean) : `${number(mean)} (${number(low)} … ${number(high)})`;
    point([`${day(time)}.${clock(time).slice(-3)}`, value, shade ? QUALITIES[shade[2]] : '', ...inside(gaps()).map((gap) => `${gap.kind}: ${gap.text}`), ...inside(answer.runs).map((run) => 'run ' + run.text)].filter(Boolean).join('   '));
  }

  const kind = () => answer.type.split(' ')[0];
  const steps = () => ['DevState', 'DevBoolean', 'DevEnum'].includes(kind());
  const word = (value) => (kind() === 'DevState' ? STATES : kind() === 'DevBoolean' ? ['false', 'true'] : answer.labels || [])[value];

  async function made() {
    const UPlot = await loadPlots();
    if (ended) return null;
    const paths = steps() ? UPlot.paths.stepped({ align: 1 }) : undefined;
    const edge = { stroke: 'transparent', points: { show: false }, paths };
    const values = steps() ? { values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? word(value) ?? String(value) : '')) } : {};
    return new UPlot(
      {
        width: width(), height: 260, legend: { show: false },
        cursor: { sync: { key: 'history' }, points: { show: false }, drag: { x: true, y: false, setScale: false } },
        scales: { x: { time: true, range: times } }, axes: [{ ...AXIS, space: 80, values: TICKS }, { ...AXIS, size: steps() ? 84 : 64, ...values }],
        bands: [{ series: [3, 2], fill: COLOURS[0] + '44' }],
        series: [{}, { stroke: COLOURS[0], width: 1.5, points: { show: false }, paths }, edge, edge],
        hooks: { drawClear: [background], draw: [marks], setCursor: [cursor], setSelect: [(u) => {
          const { left, width: wide } = u.select;
          if (wide > 4) choose({ from: u.posToVal(left, 'x'), to: u.posToVal(left + wide, 'x') });
          else if (wide) u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        }] },
      },
      data(), element,
    );
  }

  const resize = new ResizeObserver(() => plot && plot.setSize({ width: width(), height: 260 }));
  resize.observe(element);
  const plain = onColours(() => draw());
  const wake = () => { if (range.last && !document.hidden) { clearTimeout(asking); ask(); } };
  document.addEventListener('visibilitychange', wake);
  const unwatch = range.last ? watch(name, take) : () => 0;
  const stop = () => {
    ended = true;
    clearTimeout(timer);
    clearTimeout(asking);
    document.removeEventListener('visibilitychange', wake);
    resize.disconnect();
    plain();
    unwatch();
    if (plot) plot.destroy();
    plot = null;
  };
  if (range.last) shown.value = {};
  ask();
  return stop;
}
