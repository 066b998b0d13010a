// The tree at the side and the search over everything.
import { html, Dialog, signal, use, useState, useEffect, useRef, useAnswer, get, go, place, deviceAddress, pageAddress } from '../core/base.js';

const TREES = { device: 'Devices', server: 'Servers', class: 'Classes', host: 'Hosts', alias: 'Aliases', property: 'Properties' };
export const openSide = signal(false);
const tree = signal(localStorage.tree || 'device');

const PAGES = { device: (name) => deviceAddress(name), alias: (name) => deviceAddress(name), server: (name) => pageAddress('s', name), class: (name) => pageAddress('c', name), host: (name) => pageAddress('h', name), property: (name) => pageAddress('p', name) };
export const addressOf = (kind, name) => PAGES[kind](name);

/** Arrows: up and down through the lines that are seen, right unfolds, left folds. */
function arrows(event) {
  const line = event.target.closest('.line');
  const names = [...event.currentTarget.querySelectorAll('.name')];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const fold = { ArrowRight: 'unfold', ArrowLeft: 'fold' }[event.key];
  if (!line || !(step || fold)) return;
  event.preventDefault();
  if (fold) line.querySelector(`[aria-label=${fold}]`)?.click();
  else names[names.indexOf(line.querySelector('.name')) + step]?.focus();
}

export function Side() {
  const by = use(tree);
  const open = use(openSide);
  const choose = (name) => (tree.value = localStorage.tree = name);
  return html`<aside class=${'side' + (open ? ' open' : '')} aria-label="navigator" onKeyDown=${arrows}>
    <div class="tabs" role="tablist">${Object.entries(TREES).map(([name, text]) => html`<button role="tab" aria-selected=${name === by} class=${name === by ? 'here' : ''} onClick=${() => choose(name)}>${text}</button>`)}</div>
    <${Level} key=${by} by=${by} path="" /></aside>`;
}

function Level({ by, path }) {
  const [more, setMore] = useState([]);
  const [data, error] = useAnswer('level', { by, path }, path ? 0 : 5000);
  if (error && !data) return html`<p class="bad small pad">${error.message}</p>`;
  if (!data) return html`<p class="muted small pad">…</p>`;
  const entries = [...data.entries, ...more];
  const load = async () => setMore([...more, ...(await get('level', { by, path, start: entries.length })).entries]);
  return html`${data.error && html`<p class="bad small pad" role="alert">${data.error}</p>`}
    <ul class="tree" role="group">${entries.map((entry) => html`<${Node} key=${entry.path + entry.label} by=${by} entry=${entry} />`)}</ul>
    ${entries.length < data.total && html`<button class="quiet" onClick=${load}>${data.total - entries.length} more…</button>`}
    ${!entries.length && html`<p class="muted small pad">none</p>`}`;
}

function Node({ by, entry }) {
  const here = use(place).split('?')[0];
  const [open, set] = useState(false);
  const leaf = entry.page === 'device' || (entry.page === 'property') || (by === 'host' && entry.page === 'server');
  const address = entry.page && PAGES[entry.page](entry.path);
  const fold = () => set(!open);
  const click = () => { if (address) { go(address); openSide.value = false; } if (!leaf && (!address || !open)) fold(); };
  return html`<li role="treeitem" aria-expanded=${leaf ? undefined : open}><div class=${'line' + (address === here ? ' here' : '')}>
      ${leaf ? html`<span style="width:16px"></span>` : html`<button class="fold" onClick=${fold} aria-label=${open ? 'fold' : 'unfold'}>${open ? '▾' : '▸'}</button>`}
      ${entry.exported !== undefined && html`<span class=${'dot' + (entry.exported ? '' : ' off')} title=${entry.exported ? 'running' : 'not running'}></span>`}
      <button class="name" onClick=${click} title=${entry.detail || entry.path}>${entry.label}</button>${entry.count ? html`<span class="muted small">${entry.count}</span>` : ''}</div>
    ${open && html`<${Level} by=${by} path=${entry.path} />`}</li>`;
}

export const finding = signal(null);
addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); finding.value = {}; }
});
/** Ctrl+K: one search for devices, aliases, servers, classes, hosts and properties. */
export function Palette() {
  const chosen = use(finding);
  const [text, setText] = useState('');
  const [found, setFound] = useState({ hits: [] });
  const [at, setAt] = useState(0);
  const asked = useRef(0);
  useEffect(() => {
    const number = (asked.current += 1);
    if (!chosen || !text.trim()) { setFound({ hits: [] }); return; }
    get('search', { q: text }).then((data) => { if (number === asked.current) { setFound(data); setAt(0); } }, (error) => setFound({ hits: [], error: error.message }));
  }, [text, chosen]);
  if (!chosen) return null;
  const close = () => { finding.value = null; setText(''); };
  const take = (hit) => { close(); if (chosen.take) chosen.take(hit); else go(addressOf(hit.kind, hit.name)); };
  const key = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); setAt(Math.max(0, Math.min(found.hits.length - 1, at + step))); }
    if (event.key === 'Enter' && found.hits[at]) take(found.hits[at]);
  };
  return html`<${Dialog} title=${chosen.title || 'Find'} close=${close}><div class="palette">
    <input autofocus placeholder="device, server, class, host, alias, property" aria-label="find" value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${key} />
    ${found.error && html`<p class="bad">${found.error}</p>`}
    <ul role="listbox">${found.hits.map((hit, place) => html`<li role="option" class=${place === at ? 'here' : ''} aria-selected=${place === at}><a href=${addressOf(hit.kind, hit.name)} onClick=${(event) => { event.preventDefault(); event.stopPropagation(); take(hit); }}><span class="kind">${hit.kind}</span><span>${hit.name}</span><span class="muted right">${hit.detail}</span></a></li>`)}</ul>
    ${found.total > found.hits.length && html`<p class="muted small">${found.total} in all</p>`}</div><//>`;
}
