// The page of a device, made from its configuration.
import { html, Dialog, useState, useEffect, useAnswer, deviceOf, deviceAddress, attributeAddress, attributeName, pageAddress, post, get, may, tried, clock } from '../core/base.js';
import { Cell, State, Text, Quality } from '../widgets/cells.js';
import { Setter } from '../widgets/setter.js';
import { Trend, Curve } from '../widgets/plots.js';
import { Picture } from '../widgets/picture.js';
import { labelOf, unitOf, descriptionOf, isNumber, scalarText, encoded, QUALITIES } from '../core/format.js';
import { Properties, AttributeSettings } from './properties.js';
import { Polling, EventsTester, BlackBox, Lock } from './polling.js';
import { addToLogs } from './logs.js';
import { Past } from './history.js';

const TABS = { '': 'Attributes', commands: 'Commands', properties: 'Properties', configuration: 'Configuration', polling: 'Polling & events', use: 'Who uses it' };

/** On a telephone the chosen tab may lie beside the screen. */
const seen = (link) => link && link.parentElement.scrollTo({ left: link.offsetLeft - 60 });

export function DevicePage({ path, query }) {
  const { device, attribute } = deviceOf(path);
  const tab = query.get('tab') || '';
  // As it was opened: its attributes are about to be looked at, or they are not.
  const [look] = useState(tab || attribute || query.size ? undefined : 1);
  const [about, error, again] = useAnswer('device', { name: device, look });
  const failure = (error && error.message) || (about && about.error);
  useEffect(() => {
    // What did not answer is asked again by itself.
    const timer = failure && setTimeout(again, 4000);
    return () => clearTimeout(timer);
  }, [about, error]);
  document.title = `${attribute || device} – puretango`;
  return html`<div class="head"><h1><a href=${deviceAddress(device)}>${device}</a>${attribute && html` <span class="muted">/</span> ${attribute}`}</h1><${State} device=${device} key=${device} />
      <span class="right row">${may('expert') && about && about.class && html`<a href=${`/new?server=${about.server}&class=${about.class}&device=${device}`}>Wizard</a>`}
      ${may('expert') && about && about.attributes && html`<button onClick=${() => tried(() => post('restart', { what: 'device', name: device }), 'restarted')}>Restart device</button>`}
      ${may('operator') && html`<button onClick=${() => addToLogs([device])}>Show its logs</button>`}</span></div>
    ${failure && html`<div class="card bad" role="alert">${failure} <button onClick=${again}>Ask again</button></div>`}
    ${about && about.class && html`<div class="facts"><span>class <a href=${pageAddress('c', about.class)}>${about.class}</a></span><span>server <a href=${pageAddress('s', about.server)}>${about.server}</a></span>${about.host && html`<span>on ${about.host}${about.pid ? `, pid ${about.pid}` : ''}</span>${about.started && html`<span>since ${about.started}</span>`}<span>IDL ${about.idl}</span>`}${about.database && html`<${Alias} device=${device} alias=${about.alias} again=${again} />`}</div>`}
    <div class="tabsline" role="tablist">${Object.entries(TABS).map(([name, text]) => html`<a role="tab" href=${deviceAddress(device, name)} class=${name === tab && !attribute ? 'here' : ''} ref=${name === tab && name ? seen : null}>${text}</a>`)}</div>
    ${tab === 'properties' && !attribute ? html`<${Properties} kind="device" owner=${device} />` : about && about.attributes ? html`<${Body} key=${device} device=${device} about=${about} tab=${tab} attribute=${attribute} again=${again} />` : ''}`;
}

function Alias({ device, alias, again }) {
  const [text, setText] = useState(null);
  const close = () => setText(null);
  const keep = async (event) => {
    event.preventDefault();
    if (await tried(() => post('alias', { device, alias: text }), 'alias kept')) { close(); again(); }
  };
  return html`<span>alias ${alias || '–'} ${may('expert') && html`<button class="quiet small" onClick=${() => setText(alias || '')} aria-label="change alias">✎</button>`}
    ${text !== null && html`<${Dialog} title=${'Alias of ' + device} close=${close}><form onSubmit=${keep}><label><span>Alias; empty takes it away</span><input autofocus aria-label="alias" value=${text} onInput=${(event) => setText(event.target.value)} /></label><footer><button type="button" onClick=${close}>Cancel</button><button class="main">Keep</button></footer></form><//>`}</span>`;
}

function Body({ device, about, tab, attribute, again }) {
  if (attribute) {
    const config = about.attributes.find((each) => each.name.toLowerCase() === attribute.toLowerCase());
    return config ? html`<${Attribute} key=${attribute} device=${device} config=${config} again=${again} />` : html`<p class="bad">There is no attribute ${attribute}.</p>`;
  }
  if (tab === 'commands') return html`<${Commands} device=${device} commands=${about.commands} />`;
  if (tab === 'configuration') return html`<${Settings} device=${device} about=${about} again=${again} />`;
  if (tab === 'polling') return html`<${Polling} device=${device} about=${about} /><${EventsTester} device=${device} attributes=${about.attributes} />`;
  if (tab === 'use') return html`<${Lock} device=${device} /><${BlackBox} device=${device} />`;
  return html`<${Panel} device=${device} about=${about} />`;
}

const isText = (config) => config.name === 'Status';
export const isCurve = (config) => config.format === 'SPECTRUM' && (isNumber(config) || config.type === 'DevBoolean');
export const isImage = (config) => config.format === 'IMAGE' && (isNumber(config) || config.type === 'DevBoolean');
/** What can stand in a trend. */
export const isPlotted = (config) => config.format === 'SCALAR' && (isNumber(config) || ['DevBoolean', 'DevState', 'DevEnum'].includes(config.type));
const isLine = (config) => !isCurve(config) && !isImage(config) && !isText(config) && config.name !== 'State';

function Panel({ device, about }) {
  const [expert, setExpert] = useState(localStorage.expert === '1');
  const [word, setWord] = useState('');
  const toggle = () => { localStorage.expert = expert ? '0' : '1'; setExpert(!expert); };
  const shown = about.attributes.filter((config) => (expert || !config.expert) && `${config.name} ${config.settings.label}`.toLowerCase().includes(word.toLowerCase()));
  const status = about.attributes.find(isText);
  const hidden = about.attributes.filter((config) => config.expert).length;
  return html`${status && html`<div class="card"><${Text} name=${attributeName(device, 'Status')} /></div>`}
    <div class="row" style="margin-bottom:8px"><input placeholder="filter" aria-label="filter attributes" value=${word} onInput=${(event) => setWord(event.target.value)} />
      <label class="row"><input type="checkbox" checked=${expert} onChange=${toggle} /> expert view${hidden ? ` (${hidden} more)` : ''}</label></div>
    <div class="card"><${Lines} rows=${shown.filter(isLine).map((config) => ({ device, config }))} /></div>
    <div class="grid">${[...shown.filter(isCurve), ...shown.filter(isImage)].map((config) => html`<${Box} device=${device} config=${config} key=${config.name} />`)}</div>`;
}

/** A spectrum or an image with what sets it. */
export function Box({ device, config, label, drop }) {
  const name = attributeName(device, config.name);
  return html`<div class="card" title=${descriptionOf(config)}><h2 class="row"><a href=${attributeAddress(device, config.name)}>${label || labelOf(config)}</a><span class="muted small">${unitOf(config)}</span>${drop && html`<button class="quiet right" aria-label=${'remove ' + name} onClick=${() => drop(name)}>✕</button>`}</h2>
    <${Quality} name=${name} />${isCurve(config) ? html`<${Curve} name=${name} />` : html`<${Picture} name=${name} />`}<${Setter} device=${device} config=${config} /></div>`;
}

/** Attributes as lines of a table: value, unit, set value, setter, quality. */
export function Lines({ rows, drop }) {
  return html`<div class="attrs"><div class="line title"><div>attribute</div><div>value</div><div class="unit">unit</div><div class="set">set value</div><div></div><div></div></div>
    ${rows.map(({ device, config, label }) => {
      const name = attributeName(device, config.name);
      return html`<div class="line" key=${name}><div class="label" title=${`${name}\n${descriptionOf(config)}`}><a href=${attributeAddress(device, config.name)}>${label || labelOf(config)}</a>${config.expert && html`<span class="tag">expert</span>`}${config.memorized && html`<span class="tag" title="memorized">mem</span>`}</div>
        <${Cell} name=${name} config=${config} /><div class="muted small unit">${unitOf(config)}</div>
        <div class="set">${config.writable && config.readable ? html`<${Cell} name=${name} config=${config} part="set" />` : ''}</div>
        <${Setter} device=${device} config=${config} /><div class="row"><${Quality} name=${name} />${drop && html`<button class="quiet" aria-label=${'remove ' + name} onClick=${() => drop(name)}>✕</button>`}</div></div>`;
    })}</div>`;
}

function Attribute({ device, config, again }) {
  const name = attributeName(device, config.name);
  return html`<div class="card"><${Lines} rows=${[{ device, config }]} /><p class="muted">${descriptionOf(config)}</p>
      ${isPlotted(config) && html`<${Past} name=${name}><${Trend} names=${[name]} height=${260} /><//>`}${isCurve(config) && html`<${Curve} name=${name} height=${300} />`}${isImage(config) && html`<${Picture} name=${name} />`}
      <div class="muted small">${config.type}, ${config.format}${config.format === 'SCALAR' ? '' : `, at most ${config.max_x}${config.max_y ? ` × ${config.max_y}` : ''}`} <a href=${`/w?a=${encodeURIComponent(name)}`}>Watch it beside others</a></div></div>
    <${TestRead} device=${device} config=${config} /><${AttributeSettings} device=${device} config=${config} again=${again} />`;
}

/** Reads once, from where one says, and tells how long it took. */
function TestRead({ device, config }) {
  const [found, set] = useState(null);
  const read = async (source) => {
    try {
      set({ source, ...(await get('read', { device, attribute: config.name, source })) });
    } catch (error) {
      set({ source, error: `${error.reason}: ${error.message}` });
    }
  };
  return html`<div class="card"><h2>Test</h2><div class="row">${['device', 'cache', 'cache-device'].map((source) => html`<button onClick=${() => read(source)}>Read from ${source}</button>`)}</div>
    ${found && (found.error ? html`<p class="bad" role="alert">${found.error}</p>` : html`<p role="status">${found.source}: <b class="mono">${config.format === 'SCALAR' ? scalarText(found.value, config) : JSON.stringify(found.value).slice(0, 300)}</b> ${QUALITIES[found.quality]} at ${clock(found.time)}, in ${found.took.toFixed(1)} ms</p>`)}</div>`;
}

const isList = (type) => /Array$/.test(type);
function Commands({ device, commands }) {
  const [expert, setExpert] = useState(false);
  return html`<div class="row" style="margin-bottom:8px"><label class="row"><input type="checkbox" checked=${expert} onChange=${() => setExpert(!expert)} /> expert view</label></div>
    <div class="card">${commands.filter((each) => expert || !each.expert).map((command) => html`<${Command} key=${command.name} device=${device} command=${command} />`)}</div>`;
}

function argumentOf(text, type) {
  if (!isList(type)) return type === 'DevEncoded' ? encoded(text) : text;
  if (/(Long|Double)StringArray/.test(type)) {
    const [numbers, texts = ''] = text.split(';');
    return [numbers.trim() ? numbers.trim().split(/[\s,]+/) : [], texts ? texts.trim().split('\n') : []];
  }
  if (type === 'DevVarStringArray') return text === '' ? [] : text.split('\n');
  return text.trim() ? text.trim().split(/[\s,]+/) : [];
}

function Command({ device, command }) {
  const [text, setText] = useState('');
  const [found, set] = useState(null);
  const wants = command.in !== 'DevVoid';
  const allowed = may(command.expert || device.toLowerCase().startsWith('dserver/') ? 'expert' : 'operator');
  const run = async () => {
    set({ busy: true });
    try {
      set(await post('command', { device, command: command.name, argument: wants ? argumentOf(text, command.in) : null }));
    } catch (error) {
      set({ error: error.message, stack: error.stack_ });
    }
  };
  const hint = /StringArray/.test(command.in) ? (command.in === 'DevVarStringArray' ? 'one per line' : 'numbers ; texts, one per line') : isList(command.in) ? 'values' : '';
  return html`<div style="padding:6px 0;border-bottom:1px solid var(--line)"><div class="row"><button class="main" style="min-width:150px" disabled=${!allowed} title=${allowed ? '' : 'Your role may not run it'} onClick=${run}>${command.name}</button>
      ${wants && (isList(command.in) ? html`<textarea rows="1" style="width:260px" aria-label=${'argument of ' + command.name} placeholder=${hint} value=${text} onInput=${(event) => setText(event.target.value)}></textarea>`
        : html`<input aria-label=${'argument of ' + command.name} value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${(event) => event.key === 'Enter' && allowed && run()} />`)}
      <span class="muted small">${wants ? `${command.in}: ${command.in_text || '–'}` : ''} ${command.out === 'DevVoid' ? '' : `→ ${command.out} ${command.out_text}`}</span></div>
    ${found && (found.busy ? html`<p class="muted">running…</p>` : found.error ? html`<div class="bad" role="alert">${found.error}<details class="small"><summary>the whole stack</summary>${found.stack.map((each) => html`<div class="mono">${each.reason}: ${each.desc} (${each.origin})</div>`)}</details></div>`
      : html`<div role="status"><span class="muted small">${found.took.toFixed(1)} ms</span> <pre class="text">${found.result === null ? 'done' : typeof found.result === 'string' ? found.result : JSON.stringify(found.result)}</pre></div>`)}</div>`;
}

function Settings({ device, about, again }) {
  const [word, setWord] = useState('');
  const shown = about.attributes.filter((config) => `${config.name} ${config.settings.label}`.toLowerCase().includes(word.toLowerCase()));
  return html`<input style="margin-bottom:8px" placeholder="filter" aria-label="filter settings" value=${word} onInput=${(event) => setWord(event.target.value)} />
    ${shown.map((config) => html`<details class="card slim" key=${config.name}><summary>${config.name} <span class="muted small">${labelOf(config) === config.name ? '' : labelOf(config)} ${unitOf(config)}</span></summary><${AttributeSettings} device=${device} config=${config} again=${again} /></details>`)}`;
}
