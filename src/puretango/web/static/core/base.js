// What every page needs: the view library bound to its templates, signals in components, requests, addresses.
import { h, render } from 'preact';
import { useState, useEffect, useLayoutEffect, useRef, useCallback } from 'preact/hooks';
import { signal, effect } from 'signals';
import htm from 'htm';

export const html = htm.bind(h);
export { render, useState, useEffect, useLayoutEffect, useRef, useCallback, signal };

/** A signal's value, with which the component is drawn again. */
export function use(source) {
  const [value, set] = useState(source.peek());
  useEffect(() => effect(() => set(() => source.value)), [source]);
  return value;
}

// ------------------------------------------------------------------------- requests

export const me = signal(null);
export const notice = signal(null);

export class Failure extends Error {
  constructor(answer, status) {
    super(answer.error || `the server answered ${status}`);
    this.reason = answer.reason || '';
    this.stack_ = answer.stack || [];
    this.status = status;
  }
}

async function ask(method, path, fields) {
  const options = { method, headers: { 'X-Puretango': '1' } };
  let address = '/api/' + path;
  if (method === 'GET') {
    const query = new URLSearchParams(Object.entries(fields || {}).filter(([, v]) => v !== undefined && v !== ''));
    if (query.size) address += '?' + query;
    options.signal = AbortSignal.timeout(60000); // what asks again and again is not held up for ever
  } else {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(fields || {});
  }
  let answer;
  try {
    const early = method === 'GET' && window.early.get(address);
    window.early.delete(address);
    answer = await (early || fetch(address, options));
  } catch {
    throw new Failure({ error: 'the web server does not answer', reason: 'Web_Offline' }, 0);
  }
  let found = {};
  try {
    found = await answer.json();
  } catch { /* an answer of a proxy in between */ }
  if (answer.status === 401 && path !== 'login') me.value = { needsToken: true };
  if (!answer.ok) throw new Failure(found, answer.status);
  return found;
}

export const get = (path, fields) => ask('GET', path, fields);
export const post = (path, fields) => ask('POST', path, fields);

/** Run work; an error of it is told at the foot of the page. Gives what the work gives, or undefined. */
export async function tried(work, done) {
  try {
    const found = await work();
    if (done) say(done);
    return found;
  } catch (error) {
    say(error.message, true);
    return undefined;
  }
}

let noticeTimer = 0;
let told = 0;
export function say(text, bad = false) {
  notice.value = { text, bad, number: (told += 1) };
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => (notice.value = null), bad ? 12000 : 6000);
}

/** What a request gives, its error, and a function that asks once more; after an error it is asked again sooner. */
export function useAnswer(path, fields, every = 0) {
  const [state, set] = useState({});
  const key = JSON.stringify([path, fields]);
  const again = useCallback(async () => {
    try {
      const data = await get(path, fields);
      set({ key, data });
      return !data.error;
    } catch (error) {
      set((old) => ({ key, data: old.key === key ? old.data : undefined, error }));
      return false;
    }
  }, [key]);
  useLayoutEffect(() => { // before the page is painted: the answer is on its way meanwhile
    if (!path) return undefined;
    let timer = 0;
    let ended = false;
    const turn = async () => {
      const well = document.hidden || (await again());
      if (every && !ended) timer = setTimeout(turn, well ? every : Math.min(every, 2000));
    };
    turn();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [key, every]);
  return [state.key === key ? state.data : undefined, state.key === key ? state.error : undefined, again];
}

const ROLES = { viewer: 1, operator: 2, expert: 3 };
export const may = (role) => ROLES[(me.value || {}).role] >= ROLES[role];

// ------------------------------------------------------------------------ addresses

export const place = signal(location.pathname + location.search);
addEventListener('popstate', () => (place.value = location.pathname + location.search));

export function go(address, replace = false) {
  if (address === place.value) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', address);
  place.value = address;
}

addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('a[href^="/"]');
  if (!link || link.target || link.download || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  go(link.getAttribute('href'));
});

const encode = (name) => name.split('/').map((part) => encodeURIComponent(part).replace(/%3A/g, ':')).join('/');
export const deviceAddress = (name, tab) => '/d/' + encode(name) + (tab ? '?tab=' + tab : '');
export const attributeAddress = (device, attribute) => deviceAddress(attributeName(device, attribute));
export const pageAddress = (page, name) => `/${page}/` + encode(name);
export function attributeName(device, attribute) {
  const [base, modifier] = device.split('#');
  return `${base}/${attribute}${modifier ? '#' + modifier : ''}`;
}

/** Device and attribute of the address of a device page. */
export function deviceOf(path) {
  const [base, modifier] = path.split('/').map(decodeURIComponent).join('/').split('#');
  const parts = base.split('/');
  const start = base.startsWith('tango://') ? 3 : 0;
  const tail = modifier ? '#' + modifier : '';
  return { device: parts.slice(0, start + 3).join('/') + tail, attribute: parts[start + 3] || '' };
}

export const since = (seconds) => {
  if (seconds < 60) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86400)} d`;
};
export const clock = (seconds, milli = true) => {
  if (!Number.isFinite(seconds) || seconds <= 0) return '';
  const when = new Date(seconds * 1000);
  const two = (n, width = 2) => String(n).padStart(width, '0');
  const text = `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}`;
  return milli ? `${text}.${two(when.getMilliseconds(), 3)}` : text;
};
export const day = (seconds) => {
  const when = new Date(seconds * 1000);
  return `${when.getFullYear()}-${String(when.getMonth() + 1).padStart(2, '0')}-${String(when.getDate()).padStart(2, '0')} ${clock(seconds, false)}`;
};

// ----------------------------------------------------------------------------- forms

/** A dialog over the page; Escape closes it. */
export function Dialog({ title, close, children, wide }) {
  const ref = useRef(null);
  // Before anything is painted: what is typed at once is not lost.
  useLayoutEffect(() => ref.current.showModal(), []);
  return html`<dialog ref=${ref} class=${wide ? 'wide' : ''} onCancel=${(event) => { event.preventDefault(); close(); }} aria-label=${title}>
    <header><h2>${title}</h2><button class="quiet" onClick=${close} aria-label="close">✕</button></header>${children}</dialog>`;
}

/** Asks for a name to be typed before something that cannot be taken back. */
export function Typed({ title, text, name, action, close, done }) {
  const [typed, set] = useState('');
  const run = async () => {
    if ((await tried(async () => { await done(typed); return true; })) !== undefined) close();
  };
  return html`<${Dialog} title=${title} close=${close}><p>${text}</p><label><span>Type <b>${name}</b></span>
    <input autofocus value=${typed} onInput=${(event) => set(event.target.value)} onKeyDown=${(event) => event.key === 'Enter' && typed === name && run()} /></label>
    <footer><button onClick=${close}>Cancel</button><button class="danger" disabled=${typed.toLowerCase() !== name.toLowerCase()} onClick=${run}>${action}</button></footer><//>`;
}
