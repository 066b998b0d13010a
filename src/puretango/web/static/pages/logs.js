// The log consumer's page.
import { html, signal, use, useState, useAnswer, get, post, may, tried, clock, day, go } from '../core/base.js';
import { messages } from '../core/live.js';
import { finding } from './navigator.js';

const LEVELS = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG'];
const KEPT = 20000;
const list = signal([]);
let started = false;

function start() {
  if (started) return;
  started = true;
  let waiting = [];
  const flush = () => {
    const known = list.value.length ? list.value[list.value.length - 1].number : 0;
    const fresh = waiting.filter((each) => each.number > known);
    waiting = [];
    if (fresh.length) list.value = [...list.value, ...fresh].slice(-KEPT);
  };
  messages.log.add(({ message }) => {
    if (!waiting.length) setTimeout(flush, 200);
    waiting.push(message);
  });
  get('logs').then((data) => { list.value = data.messages; }, () => {});
}

export async function addToLogs(devices) {
  const answer = await tried(() => post('logs/choose', { devices, level: 'INFO' }));
  if (answer) go('/logs');
}

export function Logs() {
  start();
  const all = use(list);
  const [data, , again] = useAnswer('logs', { after: 1e12 }, 4000);
  const [lists, , listsAgain] = useAnswer('logs/lists', {});
  const [paused, setPaused] = useState(null);
  const [filter, setFilter] = useState({ level: 'DEBUG', device: '', text: '', from: '', to: '', newest: true, by: 'time' });
  const [stored, setStored] = useState('');
  const rows = (paused || all).filter((each) => fits(each, filter));
  const sorted = [...rows].sort((a, b) => (filter.by === 'time' ? a.number - b.number : filter.by === 'level' ? LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) : a.device.localeCompare(b.device)));
  const shown = (filter.newest ? sorted.reverse() : sorted).slice(0, 500);
  const set = (name) => (event) => setFilter({ ...filter, [name]: event.target.type === 'checkbox' ? event.target.checked : event.target.value });
  const devices = Object.entries(data ? data.devices : {});
  const choose = async (names, level) => { const answer = await tried(() => post('logs/choose', { devices: names, level })); if (answer) { for (const text of Object.values(answer.failed)) await tried(() => Promise.reject(new Error(text))); again(); } };
  const add = () => { finding.value = { title: 'Log which device?', take: (hit) => choose([hit.kind === 'alias' ? hit.detail : hit.name], 'INFO') }; };
  const save = async (always) => { if (stored.trim() && (await tried(() => post('logs/list/save', { name: stored.trim(), devices: devices.map(([name]) => name), level: 'INFO', always }), 'list kept'))) listsAgain(); };
  const exported = () => new Blob([rows.map((each) => `${day(each.time)}\t${each.level}\t${each.device}\t${each.text}\n`).join('')], { type: 'text/plain' });
  const download = (event) => { event.currentTarget.href = URL.createObjectURL(exported()); };
  document.title = 'Logs – puretango';
  return html`<div class="head"><h1>Logs</h1><span class="right row"><button onClick=${() => setPaused(paused ? null : all)}>${paused ? 'Go on' : 'Pause'}</button><button onClick=${() => (list.value = [])}>Clear</button><a download="tango.log" href="#" onClick=${download}>Export ${rows.length}</a></span></div>
    <div class="card"><div class="row"><b>Devices</b>${devices.map(([name, level]) => html`<span class="row role" key=${name}>${name} <select aria-label=${'level of ' + name} value=${level} disabled=${!may('operator')} onChange=${(event) => choose([name], event.target.value)}>${['OFF', ...LEVELS].map((each) => html`<option>${each}</option>`)}</select>
        ${data.errors[name] && html`<span class="bad small">${data.errors[name]}</span>`}${may('operator') && html`<button class="quiet" aria-label=${'log no more ' + name} onClick=${async () => { await tried(() => post('logs/drop', { devices: [name] })); again(); }}>✕</button>`}</span>`)}
        ${may('operator') && html`<button onClick=${add}>Add a device</button>`}</div>
      <div class="row" style="margin-top:8px"><b>Stored lists</b>${(lists ? lists.lists : []).map((each) => html`<span class="row role" key=${each.name}><button class="quiet" onClick=${() => choose(each.devices, each.level)} title=${each.devices.join('\n')}>${each.name}</button>${each.always && html`<span class="muted small">always</span>`}${may('operator') && html`<button class="quiet" aria-label=${'delete list ' + each.name} onClick=${async () => { await tried(() => post('logs/list/delete', { name: each.name })); listsAgain(); }}>✕</button>`}</span>`)}
        ${may('operator') && devices.length > 0 && html`<input placeholder="name" aria-label="name of the list" size="12" value=${stored} onInput=${(event) => setStored(event.target.value)} /><button onClick=${() => save(false)}>Save</button><button title="chosen whenever the web server starts" onClick=${() => save(true)}>Save for always</button>`}</div></div>
    <div class="row" style="margin-bottom:8px"><select aria-label="level" value=${filter.level} onChange=${set('level')}>${LEVELS.map((each) => html`<option value=${each}>${each} and graver</option>`)}</select><input placeholder="device" aria-label="filter device" value=${filter.device} onInput=${set('device')} /><input placeholder="text" aria-label="filter text" value=${filter.text} onInput=${set('text')} />
      <label class="row small">from <input type="time" step="1" value=${filter.from} onInput=${set('from')} /></label><label class="row small">to <input type="time" step="1" value=${filter.to} onInput=${set('to')} /></label><label class="row small">sort by <select value=${filter.by} onChange=${set('by')}><option>time</option><option>level</option><option>device</option></select></label><label class="row small"><input type="checkbox" checked=${filter.newest} onChange=${set('newest')} /> newest first</label></div>
    <div class="card logs" role="log">${shown.map((each) => html`<div class=${'line ' + each.level} key=${each.number}><span>${clock(each.time)}</span><span>${each.level}</span><span>${each.device}</span><span class="text_">${each.text}</span></div>`)}
      ${!rows.length && html`<p class="muted">${devices.length ? 'No messages yet.' : 'No device logs here: add one.'}</p>`}${rows.length > 500 && html`<p class="muted">${rows.length - 500} more: filter, or export.</p>`}</div>`;
}

function fits(message, { level, device, text, from, to }) {
  const at = clock(message.time, false);
  return LEVELS.indexOf(message.level) <= LEVELS.indexOf(level) && message.device.toLowerCase().includes(device.toLowerCase()) && message.text.toLowerCase().includes(text.toLowerCase()) && (!from || at >= from) && (!to || at <= to);
}
