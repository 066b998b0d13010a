// Attributes from anywhere as a table and a trend; the list is the address, or has a name.
import { html, useState, useEffect, useAnswer, get, post, may, tried, go, pageAddress, deviceOf } from '../core/base.js';
import { Trend } from '../widgets/plots.js';
import { Lines, Box, isCurve, isImage, isPlotted } from './device.js';
import { finding } from './navigator.js';

export function WatchLists() {
  const [data, error, again] = useAnswer('watch-lists', {});
  document.title = 'Watch lists – puretango';
  return html`<div class="head"><h1>Watch lists</h1><span class="right"><a href="/w?a=">A new one</a></span></div>${error && html`<p class="bad">${error.message}</p>`}
    <div class="card">${(data ? data.lists : []).map((each) => html`<div class="row" key=${each.name}><a href=${pageAddress('w', each.name)}>${each.name}</a><span class="muted">${each.count} attributes</span>${may('operator') && html`<button class="quiet" aria-label=${'delete ' + each.name} onClick=${async () => { await tried(() => post('watch-list/delete', { name: each.name })); again(); }}>✕</button>`}</div>`)}
      ${data && !data.lists.length && html`<p class="muted">There are none yet: open an attribute and watch it beside others.</p>`}</div>`;
}

export function WatchList({ name, query }) {
  const [stored, error] = useAnswer(name ? 'watch-list' : '', { name });
  if (name && error) return html`<p class="bad" role="alert">${error.message}</p>`;
  if (name && !stored) return html`<p class="muted">…</p>`;
  const attributes = name ? stored.attributes : query.getAll('a').filter(Boolean);
  const plotted = name ? stored.plotted : query.getAll('p');
  return html`<${List} key=${name || 'new'} name=${name} attributes=${attributes} plotted=${plotted} />`;
}

function List({ name, attributes, plotted }) {
  const [names, setNames] = useState(attributes);
  const [drawn, setDrawn] = useState(plotted);
  const [configs, setConfigs] = useState({});
  const [title, setTitle] = useState(name || '');
  const [text, setText] = useState('');
  const show = (list, curves) => {
    setNames(list);
    setDrawn(curves);
    if (!name) go('/w?' + [...list.map((each) => 'a=' + encodeURIComponent(each)), ...curves.map((each) => 'p=' + encodeURIComponent(each))].join('&'), true);
  };
  const devices = [...new Set(names.map((each) => deviceOf(each).device))];
  useEffect(() => {
    for (const device of devices) if (!configs[device]) get('device', { name: device }).then((about) => setConfigs((old) => ({ ...old, [device]: about.attributes || [] })), (failure) => setConfigs((old) => ({ ...old, [device]: failure.message })));
  }, [devices.join()]);
  const add = (attribute) => { if (attribute && !names.includes(attribute)) show([...names, attribute], drawn); setText(''); };
  const find = () => { finding.value = { title: 'Of which device?', take: (hit) => setText((hit.kind === 'alias' ? hit.detail : hit.name) + '/') }; };
  const save = async () => { if (await tried(() => post('watch-list/save', { name: title, attributes: names, plotted: drawn }), 'kept')) go(pageAddress('w', title)); };
  const found = names.map((each) => {
    const { device, attribute } = deviceOf(each);
    const list = configs[device];
    return { name: each, device, config: Array.isArray(list) ? list.find((one) => one.name.toLowerCase() === attribute.toLowerCase()) : null, problem: typeof list === 'string' ? list : list ? 'no such attribute' : '…' };
  });
  const shown = found.filter((each) => each.config).map((each) => ({ ...each, label: each.name }));
  const boxes = shown.filter(({ config }) => isCurve(config) || isImage(config));
  const drop = (each) => show(names.filter((one) => one !== each), drawn.filter((one) => one !== each));
  const toggle = (each) => show(names, drawn.includes(each) ? drawn.filter((one) => one !== each) : [...drawn, each]);
  document.title = `${name || 'Watch'} – puretango`;
  return html`<div class="head"><h1>${name || 'Watch list'}</h1>${may('operator') && html`<span class="right row"><input placeholder="name" aria-label="name of the watch list" value=${title} onInput=${(event) => setTitle(event.target.value)} /><button class="main" disabled=${!title.trim() || !names.length} onClick=${save}>Save</button></span>`}</div>
    <div class="row" style="margin-bottom:10px"><button onClick=${find}>Find device</button><input style="flex:1;max-width:480px" placeholder="domain/family/member/attribute" aria-label="attribute to watch" value=${text} onInput=${(event) => setText(event.target.value)} onKeyDown=${(event) => event.key === 'Enter' && add(text.trim())} /><button onClick=${() => add(text.trim())}>Watch</button></div>
    ${drawn.length > 0 && html`<div class="card"><${Trend} key=${drawn.join()} names=${drawn} height=${280} /></div>`}
    <div class="card"><${Lines} rows=${shown.filter((each) => !boxes.includes(each))} drop=${drop} />
      ${found.filter((each) => !each.config).map((each) => html`<p class="bad small">${each.name}: ${each.problem}</p>`)}${!names.length && html`<p class="muted">Nothing is watched yet.</p>`}</div>
    <div class="grid">${boxes.map((each) => html`<${Box} ...${each} drop=${drop} key=${each.name} />`)}</div>
    <div class="row"><span class="muted small">in the trend:</span>${shown.filter(({ config }) => isPlotted(config)).map((each) => html`<label class="row small" key=${each.name}><input type="checkbox" checked=${drawn.includes(each.name)} onChange=${() => toggle(each.name)} />${each.name}</label>`)}</div>`;
}
