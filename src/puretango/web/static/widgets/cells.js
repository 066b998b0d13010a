// What shows one attribute as text: a live cell, its quality, a state.
import { html, useLayoutEffect, useRef, since, clock } from '../core/base.js';
import { watch, stats } from '../core/live.js';
import { STATES, QUALITIES, LETTERS, scalarText, isNumber } from '../core/format.js';

// Looking begins as the element is made, not after it was painted: the first value comes a frame or two sooner.
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
  useLayoutEffect(() => {
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

const SHOWN = 100;
/** Elements of an array that is no curve; that all of them are empty is said. */
function listed(values, config) {
  const texts = values.slice(0, SHOWN).map((each) => scalarText(each, config));
  return values.length && !texts.join('') ? `${values.length} empty` : texts.join('  ');
}

function textOf(live, config, part) {
  const value = part === 'set' ? live.set : live.value;
  if (part === 'set' && (value === null || Number.isNaN(value)) && config.type !== 'DevString') return '–';
  if (live.array && part === 'value') return isNumber(config) ? `${live.width}${live.height ? ' × ' + live.height : ''} values` : listed([...live.array.subarray(0, SHOWN)], config);
  if (live.error && live.value === null) return 'no value';
  if (config.format !== 'SCALAR' && Array.isArray(value)) return listed(value.flat(), config);
  if (config.type === 'DevEncoded' && Array.isArray(value)) return `${value[0]}, ${Math.floor((value[1].replace(/=+$/, '').length * 3) / 4)} bytes`;
  return scalarText(value, config);
}

/** One line about the quality or the error of an attribute. */
export function Quality({ name }) {
  const ref = useRef(null);
  useLayoutEffect(() => {
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
  useLayoutEffect(() => {
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

/** A text attribute, as Status, over several lines. */
export function Text({ name }) {
  const ref = useRef(null);
  useLayoutEffect(() => {
    const write = writer(ref.current);
    return watch(name, (live) => write(live.kind === 0 ? '' : live.error && live.value === null ? live.error : String(live.value ?? '')));
  }, [name]);
  return html`<pre class="text" ref=${ref}></pre>`;
}
