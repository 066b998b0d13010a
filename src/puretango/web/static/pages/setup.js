// Servers, classes, free properties, and the wizard for something new.
import { html, Typed, useState, useAnswer, post, may, tried, go, deviceAddress, pageAddress } from '../core/base.js';
import { State } from '../widgets/cells.js';
import { Properties, change, pending } from './properties.js';

export function ServerPage({ name }) {
  const [data, error, again] = useAnswer('server', { name }, 3000);
  const [sure, setSure] = useState(null);
  document.title = `${name} – puretango`;
  if (error && !data) return html`<p class="bad" role="alert">${error.message}</p>`;
  if (!data) return html`<p class="muted">…</p>`;
  return html`<div class="head"><h1>${name}</h1><span class=${`state s-${data.running ? 'ON' : 'FAULT'}`} role="status">${data.running ? 'RUNNING' : 'STOPPED'}</span>
      <span class="right row">${may('expert') && html`${data.running && html`<button onClick=${() => tried(() => post('restart', { what: 'server', name }), 'restarted')}>Restart its devices</button><button class="danger" onClick=${() => setSure('kill')}>End it</button>`}<a href=${`/new?server=${name}`}>Add devices</a>${!data.running && html`<button class="danger" onClick=${() => setSure('delete')}>Delete</button>`}`}</span></div>
    <div class="facts"><span>host ${data.host ? html`<a href=${pageAddress('h', data.host)}>${data.host}</a>` : '–'}</span><span>${data.controlled ? `level ${data.level}` : 'not controlled'}</span><a href=${deviceAddress('dserver/' + name)}>admin device</a></div>
    ${!data.running && html`<div class="card muted">${data.error}</div>`}
    <div class="card scroll"><table class="wide"><thead><tr><th>device</th><th>class</th><th>state</th><th></th></tr></thead><tbody>${data.devices.filter((each) => each.class.toLowerCase() !== 'dserver').map((each) => html`<tr key=${each.name}><td><a href=${deviceAddress(each.name)}>${each.name}</a></td><td><a href=${pageAddress('c', each.class)}>${each.class}</a></td><td><${State} device=${each.name} small /></td>
      <td>${may('expert') && html`<a href=${`/new?server=${name}&class=${each.class}&device=${each.name}`}>Wizard</a> <button class="quiet" onClick=${() => setSure(each.name)} aria-label=${'delete ' + each.name}>Delete</button>`}</td></tr>`)}</tbody></table></div>
    ${sure === 'kill' && html`<${Typed} title="End this server" name=${name} action="End it" text="Its devices stop; only its Starter or somebody on its host can start it again." close=${() => { setSure(null); again(); }} done=${(typed) => post('restart', { what: 'kill', name, confirm: typed })} />`}
    ${sure === 'delete' && html`<${Typed} title="Delete this server" name=${name} action="Delete" text="The database forgets it, its devices and their properties." close=${() => setSure(null)} done=${async (typed) => { await post('server/delete', { server: name, confirm: typed }); go('/'); }} />`}
    ${sure && sure.includes('/') && html`<${Typed} title="Delete this device" name=${sure} action="Delete" text="The database forgets it and its properties." close=${() => { setSure(null); again(); }} done=${(typed) => post('device/delete', { device: sure, confirm: typed })} />`}`;
}

export function ClassPage({ name }) {
  const [data] = useAnswer('level', { by: 'class', path: name });
  document.title = `${name} – puretango`;
  return html`<div class="head"><h1>Class ${name}</h1></div><${Properties} kind="class" owner=${name} /><div class="card"><h2>Devices</h2>${(data ? data.entries : []).map((each) => html`<div class="row"><a href=${deviceAddress(each.path)}>${each.path}</a></div>`)}</div>`;
}

export function FreePage({ name }) {
  document.title = `${name} – puretango`;
  return html`<div class="head"><h1>Free property ${name}</h1></div><${Properties} kind="free" owner=${name} />`;
}

/** A new server or device, then its properties one by one, as its class describes them. */
export function Wizard({ query }) {
  const [form, setForm] = useState({ server: query.get('server') || '', cls: query.get('class') || '', device: query.get('device') || '', free: '' });
  const [known, setKnown] = useState(Boolean(query.get('device')));
  const set = (name) => (event) => setForm({ ...form, [name]: event.target.value });
  const register = async () => {
    if (await tried(() => post('server/add', { server: form.server, devices: [{ class: form.cls, name: form.device }] }), 'registered')) setKnown(true);
  };
  document.title = 'Wizard – puretango';
  return html`<div class="head"><h1>Wizard</h1></div>
    <div class="card"><h2>1  A server and its device</h2>${known ? html`<p>${form.server}, device <a href=${deviceAddress(form.device)}>${form.device}</a> of the class ${form.cls}</p>` : html`
      <label class="field">server <input placeholder="Name/instance" value=${form.server} onInput=${set('server')} /></label><label class="field">class <input placeholder="PowerSupply" value=${form.cls} onInput=${set('cls')} /></label><label class="field">device <input placeholder="domain/family/member" value=${form.device} onInput=${set('device')} /></label>
      <button class="main" disabled=${!form.server || !form.cls || !form.device} onClick=${register}>Register</button>
      <p class="muted">Only a free property? <input placeholder="its object" aria-label="free object" value=${form.free} onInput=${set('free')} /> <button disabled=${!form.free} onClick=${() => go(pageAddress('p', form.free))}>Edit</button></p>`}</div>
    ${known && html`<${Running} form=${form} />`}`;
}

function Running({ form }) {
  const [server, , again] = useAnswer('server', { name: form.server }, 2000);
  const [hosts] = useAnswer('hosts', {});
  const start = (host) => tried(() => post('host/start', { device: host.device, server: form.server }), 'start asked for');
  if (!server) return html`<p class="muted">…</p>`;
  if (!server.running) return html`<div class="card"><h2>2  Start it</h2><p>The class tells its properties once its server runs: start <b class="mono">${form.server.replace('/', ' ')}</b> on its host, or by a Starter:</p>
    <div class="row">${(hosts ? hosts.hosts : []).map((host) => html`<button onClick=${() => start(host)}>on ${host.name}</button>`)}</div><p class="muted">This page goes on by itself when it runs.</p></div>`;
  return html`<div class="card"><h2>2  It runs</h2><p>${server.host}</p></div><${Steps} form=${form} again=${again} />`;
}

function Steps({ form }) {
  const [data, error] = useAnswer('wizard', { server: form.server, class: form.cls, device: form.device });
  const [at, setAt] = useState(0);
  const [texts, setTexts] = useState({});
  if (error) return html`<p class="bad" role="alert">${error.message}</p>`;
  if (!data) return html`<p class="muted">…</p>`;
  const { steps } = data;
  const step = steps[at];
  const keep = () => {
    const text = texts[at];
    const { kind, owner, name, value } = step;
    if (text !== undefined && text !== (value || []).join('\n')) change({ kind, owner, name, old: value, new: text.split('\n') });
    setAt(at + 1);
  };
  const finish = async () => {
    const changes = pending.value;
    if (changes.length && !(await tried(() => post('changes/apply', { changes }), 'written'))) return;
    pending.value = [];
    if (await tried(async () => { await post('restart', { what: 'device', name: form.device }); return true; }, 'restarted')) go(deviceAddress(form.device));
  };
  if (!step) return html`<div class="card"><h2>4  Write and restart</h2><p>${pending.value.length} properties are to be written; then the device is restarted, and its page opened.</p><div class="row">${steps.length > 0 && html`<button onClick=${() => setAt(at - 1)}>Back</button>`}<button class="main" onClick=${finish}>Write and restart</button></div></div>`;
  const text = texts[at] ?? (step.value || step.default).join('\n');
  return html`<div class="card"><h2>3  Property ${at + 1} of ${steps.length}: ${step.name}</h2><p class="muted">of the ${step.kind} ${step.owner}${step.mandatory ? ', mandatory' : ''}</p><p>${step.description}</p>
    <label>value, a line per element <textarea rows="3" aria-label=${step.name} value=${text} onInput=${(event) => setTexts({ ...texts, [at]: event.target.value })}></textarea></label><p class="muted small">default: ${step.default.join(', ') || '–'}</p>
    <div class="row"><button disabled=${!at} onClick=${() => setAt(at - 1)}>Back</button><button class="main" onClick=${keep}>Next</button><button onClick=${() => setAt(at + 1)}>Leave as it is</button></div></div>`;
}
