// Starter's page: the servers of a host by level, live.
import { html, Dialog, Typed, useState, useEffect, useAnswer, get, post, may, tried, signal, use, pageAddress } from '../core/base.js';
import { watch, messages } from '../core/live.js';
import { State } from '../widgets/cells.js';

export const progress = signal({});
messages.progress.add(({ subject, text }) => {
  const next = { ...progress.value };
  if (text) next[subject] = text;
  else delete next[subject];
  progress.value = next;
});

export function Hosts() {
  const [data, error] = useAnswer('hosts', {}, 10000);
  document.title = 'Hosts – puretango';
  return html`<div class="head"><h1>Hosts</h1></div>${error && html`<p class="bad" role="alert">${error.message}</p>`}
    ${data && !data.hosts.length && html`<div class="card">No Starter is registered: start one on each host (Starter HOST, its device tango/admin/HOST).</div>`}
    <div class="grid">${(data ? data.hosts : []).map((host) => html`<a class="card row" style="color:inherit" href=${pageAddress('h', host.name)} key=${host.name}><b>${host.name}</b><span class="right"><${State} device=${host.device} small /></span></a>`)}</div>`;
}

/** The lines of Starter's attribute Servers, whenever they change. */
function useServers(device) {
  const [found, set] = useState({ servers: null, error: '' });
  useEffect(() => watch(`${device}/Servers`, (live) => {
    if (live.kind === 0) return;
    const lines = Array.isArray(live.value) ? live.value : [];
    set({ error: live.error, servers: lines.map((line) => line.split('\t')).filter((line) => line.length >= 4).map(([name, state, controlled, level]) => ({ name, state, controlled: controlled === '1', level: Number(level) || 0 })) });
  }, { period: 0.4 }), [device]);
  return found;
}

const WORDS = { ON: 'RUNNING', FAULT: 'STOPPED' };

/** What Starter says of a server; that one has died is known sooner, by its connection, also where none came about. */
function Running({ server: { name, state } }) {
  const [gone, set] = useState('');
  useEffect(() => {
    set('');
    if (state !== 'ON') return undefined;
    let timer = 0;
    const stop = watch(`dserver/${name}/State`, (live) => {
      clearTimeout(timer);
      if (live.value !== null || !live.error) set(live.error);
      // One that has just been started may be asked for at its old address first.
      else timer = setTimeout(set, 300, live.error);
    }, { period: 5 });
    return () => { clearTimeout(timer); stop(); };
  }, [name, state]);
  return gone ? html`<span class="state small s-FAULT" title=${gone}>NO ANSWER</span>` : html`<span class=${`state small s-${state}`}>${WORDS[state] || state}</span>`;
}

export function Host({ name }) {
  const device = `tango/admin/${name}`;
  const { servers, error } = useServers(device);
  const working = use(progress);
  const [kill, setKill] = useState(null);
  const [log, setLog] = useState(null);
  const order = (path, server, done) => tried(() => post('host/' + path, { device, server: server.name }), done);
  const all = (what) => tried(() => post('host/all', { device, what }), `${what} done`);
  const level = (server, text) => tried(() => post('host/level', { device, server: server.name, level: Number(text) }), 'level kept');
  const read = async (server) => setLog({ server, text: '…', ...(await tried(() => get('host/log', { device, server }))) });
  const levels = [...new Set((servers || []).map((each) => (each.controlled ? each.level : 0)))].sort((a, b) => (a || 999) - (b || 999));
  document.title = `${name} – puretango`;
  return html`<div class="head"><h1>${name}</h1><${State} device=${device} key=${device} /><span class="right row">${working[device] && html`<span class="muted" role="status">${working[device]}…</span>`}
      ${may('expert') && html`<button onClick=${() => all('start')}>Start all</button><button onClick=${() => all('stop')}>Stop all</button>`}<button onClick=${() => read('Starter')}>Starter's log</button></span></div>
    ${error && html`<div class="card bad" role="alert">${error}</div>`}${!servers && !error && html`<p class="muted">…</p>`}
    ${servers && !servers.length && html`<div class="card">Starter knows no server on this host.</div>`}
    ${levels.map((number) => html`<div class="card scroll" key=${number}><h2>${number ? `Level ${number}` : 'Not controlled'}</h2><table class="wide stack"><tbody>${servers.filter((each) => (each.controlled ? each.level : 0) === number).map((each) => html`<tr key=${each.name} data-server=${each.name}>
      <td style="width:110px"><${Running} server=${each} /></td><td style="width:300px"><a href=${pageAddress('s', each.name)}>${each.name}</a> ${working[each.name] && html`<span class="muted" role="status">${working[each.name]}…</span>`}</td>
      <td><span class="row">${may('operator') && html`<button disabled=${each.state === 'ON'} onClick=${() => order('start', each, 'start asked for')}>Start</button><button disabled=${each.state === 'FAULT'} onClick=${() => order('stop', each, 'stop asked for')}>Stop</button><button onClick=${() => order('restart', each, 'restarted')}>Restart</button>`}
        ${may('expert') && html`<button class="danger" onClick=${() => setKill(each.name)}>Hard kill</button><label class="row small muted">level <input size="2" key=${each.level} defaultValue=${each.level} aria-label=${'level of ' + each.name} onKeyDown=${(event) => event.key === 'Enter' && level(each, event.target.value)} /></label>`}<button onClick=${() => read(each.name)}>Log</button></span></td></tr>`)}</tbody></table></div>`)}
    ${kill && html`<${Typed} title="Hard kill" name=${kill} action="Kill" text="kill -9: the server ends at once, and nothing of it is put in order." close=${() => setKill(null)} done=${(typed) => post('host/kill', { device, server: kill, confirm: typed })} />`}
    ${log && html`<${Dialog} title=${'Log of ' + log.server} close=${() => setLog(null)} wide><pre class="text" style="max-height:65vh">${log.text}</pre><//>`}`;
}
