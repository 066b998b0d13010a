// The frame around the pages: who is here, where they are, what is told to them.
import { html, render, use, useState, useEffect, useLayoutEffect, useRef, signal, get, post, me, notice, place, deviceAddress } from './core/base.js';
import { connect, online, stats } from './core/live.js';
import { Side, Palette, finding, openSide } from './pages/navigator.js';
import { DevicePage } from './pages/device.js';
import { Journal, Pending } from './pages/properties.js';
import { Hosts, Host } from './pages/hosts.js';
import { Logs } from './pages/logs.js';
import { WatchLists, WatchList } from './pages/watchlists.js';
import { HistoryPage } from './pages/history.js';
import { ServerPage, ClassPage, FreePage, Wizard } from './pages/setup.js';

const theme = signal(localStorage.theme || '');
const THEMES = { '': 'dark', dark: 'light', light: '' };
const system = matchMedia('(prefers-color-scheme: dark)');
function setTheme(name) {
  theme.value = localStorage.theme = name;
  document.documentElement.dataset.theme = name || (system.matches ? 'dark' : 'light');
  dispatchEvent(new Event('colours')); // for what is drawn
}
system.addEventListener('change', () => setTheme(theme.value));

function Page() {
  const address = new URL(use(place), location.origin);
  const [, kind, ...rest] = address.pathname.split('/');
  const path = rest.join('/');
  const name = decodeURIComponent(path);
  const query = address.searchParams;
  if (kind === 'd' && path) return html`<${DevicePage} key=${path} path=${path} query=${query} />`;
  if (kind === 's' && path) return html`<${ServerPage} key=${path} name=${name} />`;
  if (kind === 'c' && path) return html`<${ClassPage} key=${path} name=${name} />`;
  if (kind === 'p' && path) return html`<${FreePage} key=${path} name=${name} />`;
  if (kind === 'h' && path) return html`<${Host} key=${path} name=${name} />`;
  if (kind === 'hosts') return html`<${Hosts} />`;
  if (kind === 'logs') return html`<${Logs} />`;
  if (kind === 'w') return path || address.search ? html`<${WatchList} key=${path} name=${name} query=${query} />` : html`<${WatchLists} />`;
  if (kind === 'a') return html`<${HistoryPage} query=${query} />`;
  if (kind === 'journal') return html`<${Journal} query=${query} />`;
  if (kind === 'new') return html`<${Wizard} key=${address.search} query=${query} />`;
  return html`<${Welcome} known=${!kind} />`;
}

function Welcome({ known }) {
  const who = use(me);
  document.title = 'puretango';
  return html`<div class="head"><h1>${known ? `Tango at ${who.tango_host || 'no database'}` : 'There is no such page'}</h1></div>
    <div class="card"><p>Choose a device in the tree, or press <kbd>Ctrl</kbd> <kbd>K</kbd> and type a part of its name.</p>
      <form class="row" onSubmit=${(event) => { event.preventDefault(); const text = event.target.elements.name.value.trim(); if (text) place.value = (history.pushState(null, '', deviceAddress(text)), deviceAddress(text)); }}><input name="name" aria-label="device" style="width:min(440px,80vw)" placeholder="a/b/c or tango://host:port/a/b/c#dbase=no" /><button>Open device</button></form></div>`;
}

function Login() {
  const [token, set] = useState('');
  const [error, setError] = useState('');
  const enter = async (event) => {
    event.preventDefault();
    try {
      await post('login', { token });
      begin();
    } catch (failure) {
      setError(failure.message);
    }
  };
  return html`<form class="pad" style="max-width:420px;margin:12vh auto" onSubmit=${enter}><div class="card"><h1>puretango</h1><label style="display:grid;gap:4px;margin:12px 0">Token<input type="password" autofocus value=${token} onInput=${(event) => set(event.target.value)} /></label>${error && html`<p class="bad" role="alert">${error}</p>`}<button class="main">Enter</button></div></form>`;
}

/** One line at the foot, over an open dialog too. */
function Notice({ told }) {
  const ref = useRef(null);
  useLayoutEffect(() => { if (ref.current.showPopover) ref.current.showPopover(); }, []);
  return html`<div popover="manual" ref=${ref} class=${'notice' + (told.bad ? ' bad' : '')} role=${told.bad ? 'alert' : 'status'}>${told.text}</div>`;
}

function App() {
  const who = use(me);
  const here = use(place);
  const connected = use(online);
  const told = use(notice);
  const shown = use(theme);
  const [late, setLate] = useState(false);
  useEffect(() => {
    // A moment without a connection, as while the page loads, needs no word.
    const timer = connected ? setLate(false) : setTimeout(() => setLate(true), 1500);
    return () => clearTimeout(timer);
  }, [connected]);
  if (!who) return html`<p class="pad">Loading…</p>`;
  if (who.needsToken) return html`<${Login} />`;
  const links = { '/hosts': 'Hosts', '/logs': 'Logs', '/w': 'Watch', ...(who.archive && { '/a': 'Archive' }), '/journal': 'Journal', '/new': 'New' };
  return html`<header class="top"><button class="menu" onClick=${() => (openSide.value = !openSide.value)} aria-label="navigator">☰</button><a class="logo" href="/"><img src=${new URL('./icon.svg', import.meta.url).href} alt="" />puretango</a>
      <button class="find" onClick=${() => (finding.value = {})}>Find… <kbd>Ctrl K</kbd></button><nav>${Object.entries(links).filter(([address]) => address !== '/new' || who.role === 'expert').map(([address, text]) => html`<a href=${address} class=${here.startsWith(address) ? 'here' : ''}>${text}</a>`)}</nav>
      <span class="right row"><span class="role" title=${who.user}>${who.role}${who.read_only ? ', read only' : ''}</span><button class="quiet" onClick=${() => setTheme(THEMES[shown])} title=${`colours: ${shown || 'as the system'}`} aria-label="change colours">◐</button></span></header>
    ${late && !connected && html`<div class="offline" role="alert">The web server does not answer: what you see is old. It is asked again by itself.</div>`}
    <div class="frame"><${Side} /><main onClick=${() => (openSide.value = false)}><${Page} /></main></div><${Pending} /><${Palette} />
    ${told && html`<${Notice} key=${told.number} told=${told} />`}`;
}

async function begin() {
  try {
    me.value = await get('me');
    connect();
  } catch (error) {
    if (!me.value) setTimeout(begin, 2000);
  }
}

async function enter() {
  const token = /^#token=(.+)/.exec(location.hash);
  if (token) {
    history.replaceState(null, '', location.pathname + location.search);
    try {
      await post('login', { token: decodeURIComponent(token[1]) });
    } catch { /* the page asks for another */ }
  }
  connect(); // beside the first questions, not after them
  begin();
}

window.puretango = { stats };
render(html`<${App} />`, document.getElementById('app'));
enter();
