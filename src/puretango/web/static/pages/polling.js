// Polling, the events tester, the black box, locks.
import { html, useState, useAnswer, get, post, may, tried } from '../core/base.js';

export function Polling({ device, about }) {
  const [data, error, again] = useAnswer('polling', { device }, 3000);
  const [name, setName] = useState('');
  const [period, setPeriod] = useState('1000');
  const set = async (kind, what, milliseconds) => { if (await tried(() => post('polling/set', { device, kind, name: what, period: milliseconds }), 'polling changed')) again(); };
  const propose = async () => { for (const each of data.proposal) await set(each.kind, each.name, each.period); };
  if (error && !data) return html`<p class="bad" role="alert">${error.message}</p>`;
  if (!data) return html`<p class="muted">…</p>`;
  const names = [...about.attributes.map((each) => ['attribute', each.name]), ...about.commands.filter((each) => each.in === 'DevVoid' && each.out !== 'DevVoid').map((each) => ['command', each.name])];
  const add = () => { const [kind, what] = name.split(' '); if (what) set(kind, what, Number(period)); };
  return html`<div class="card scroll"><h2>Polling</h2>
    <table class="wide stack"><thead><tr><th>object</th><th>period</th><th>time needed</th><th>last intervals</th><th></th></tr></thead><tbody>
      ${data.objects.map((each) => html`<tr key=${each.kind + each.name}><td><b>${each.name}</b> <span class="muted small">${each.kind}</span></td>
        <td>${each.period === null ? 'by a trigger' : html`<${Period} value=${each.period} set=${(value) => set(each.kind, each.name, value)} />`}</td>
        <td data-name="needs">${each.took === null ? '–' : `${each.took} ms`}</td><td data-name="intervals" class=${each.late ? 'bad' : ''}>${each.last.map((ms) => `${ms} ms`).join(', ')}${each.late ? ' – late' : ''}${each.error && html`<div class="bad small">${each.error}</div>`}</td>
        <td>${may('expert') && html`<button onClick=${() => set(each.kind, each.name, 0)} aria-label=${'stop polling ' + each.name}>Stop</button>`}</td></tr>`)}</tbody></table>
    ${!data.objects.length && html`<p class="muted">Nothing is polled.</p>`}
    ${data.objects.length > 0 && html`<p class=${data.busy > 0.6 ? 'bad' : 'muted'} role="status">Polling keeps the device busy ${(data.busy * 100).toFixed(data.busy < 0.1 ? 1 : 0)} % of its time; 60 % is the most that leaves its clients 40 %.
      ${data.proposal.length > 0 && html`<span> Proposed: ${data.proposal.map((each) => `${each.name} every ${each.period} ms`).join(', ')}. ${may('expert') && html`<button onClick=${propose}>Use these</button>`}</span>`}</p>`}
    ${may('expert') && html`<div class="row"><select aria-label="what to poll" value=${name} onChange=${(event) => setName(event.target.value)}><option value="">poll…</option>${names.map(([kind, what]) => html`<option value=${`${kind} ${what}`}>${what} (${kind})</option>`)}</select>
      every <input aria-label="period" size="6" value=${period} onInput=${(event) => setPeriod(event.target.value)} /> ms <button disabled=${!name} onClick=${add}>Poll</button></div>`}</div>`;
}

function Period({ value, set }) {
  if (!may('expert')) return `${value} ms`;
  return html`<input size="7" aria-label="period in ms" key=${value} defaultValue=${value} onKeyDown=${(event) => event.key === 'Enter' && set(Number(event.target.value))} /> ms`;
}

export function EventsTester({ device, attributes }) {
  const [name, setName] = useState(attributes[0] ? attributes[0].name : '');
  const [found, set] = useState(null);
  const test = async () => { set([]); set((await tried(() => get('events', { device, attribute: name })) || { events: [] }).events); };
  return html`<div class="card"><h2>Events tester</h2><div class="row"><select aria-label="attribute" value=${name} onChange=${(event) => setName(event.target.value)}>${attributes.map((each) => html`<option>${each.name}</option>`)}</select><button onClick=${test}>Test its events</button></div>
    ${found && html`<table><tbody>${found.map((each) => html`<tr><td>${each.event}</td><td class=${each.ok ? '' : 'muted'}>${each.ok ? `✓ subscribed in ${each.took.toFixed(0)} ms` : each.text}</td></tr>`)}</tbody></table>`}</div>`;
}

export function BlackBox({ device }) {
  const [data, error, again] = useAnswer('black-box', { device, count: 50 });
  if (error) return html`<p class="bad" role="alert">${error.message}</p>`;
  if (!data) return html`<p class="muted">…</p>`;
  return html`<div class="card scroll"><h2 class="row">Who asks what <button onClick=${again}>Ask again</button></h2>
    <table class="wide stack"><thead><tr><th>client</th><th>request</th><th>times</th><th>a second</th></tr></thead><tbody>${data.statistics.map((each) => html`<tr><td>${each.client}</td><td class="mono">${each.request}</td><td data-name="times">${each.count}</td><td data-name="a second">${data.seconds ? (each.count / data.seconds).toFixed(2) : ''}</td></tr>`)}</tbody></table></div>
    <div class="card scroll"><h2>The last ${data.records.length} requests</h2><table class="wide"><tbody>${data.records.map((each) => html`<tr><td class="muted small mono">${each.time}</td><td class="mono">${each.request}</td><td>${each.client}</td></tr>`)}</tbody></table></div>`;
}

export function Lock({ device }) {
  const [data, error, again] = useAnswer('lock', { device }, 5000);
  const set = async (locked) => { if (await tried(() => post('lock/set', { device, locked }), locked ? 'locked for a minute' : 'unlocked')) again(); };
  return html`<div class="card"><h2>Lock</h2>${error ? html`<p class="bad">${error.message}</p>` : data && html`<div class="row"><span role="status">${data.text}</span>
    ${may('expert') && (data.locked ? html`<button onClick=${() => set(false)}>Take the lock away</button>` : html`<button onClick=${() => set(true)}>Lock for a minute</button>`)}</div>`}</div>`;
}
