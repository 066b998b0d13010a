// Properties and settings: changed in the page first, compared, then written together.
import { html, Dialog, signal, use, useState, useEffect, useAnswer, post, tried, may, day } from '../core/base.js';
import { messages } from '../core/live.js';

/** What was changed in the pages and is not written yet. */
export const pending = signal([]);
const keyOf = ({ kind, owner, attribute, name }) => [kind, owner, attribute || '', name].join('\n').toLowerCase();
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export function change(item) {
  const rest = pending.value.filter((each) => keyOf(each) !== keyOf(item));
  pending.value = same(item.old, item.new) ? rest : [...rest, item];
}
addEventListener('beforeunload', (event) => pending.value.length && event.preventDefault());

/** What asks once more when the changes were written. */
const written = new Set();
function useWritten(again) {
  useEffect(() => {
    written.add(again);
    return () => written.delete(again);
  }, [again]);
}

export function Properties({ kind, owner }) {
  const changes = use(pending);
  const [data, error, again] = useAnswer('properties', { kind, owner });
  const [shown, setShown] = useState(null);
  const [name, setName] = useState('');
  useWritten(again);
  if (error && !data) return html`<p class="bad" role="alert">${error.message}</p>`;
  if (!data) return html`<p class="muted">…</p>`;
  const stored = data.properties.map((each) => ({ kind, owner, name: each.name, old: each.value }));
  const added = changes.filter((each) => each.kind === kind && each.owner === owner && each.old === null);
  const attributes = Object.entries(data.attributes || {}).flatMap(([attribute, values]) => Object.entries(values).map(([key, value]) => ({ kind: `${kind}-attribute`, owner, attribute, name: key, old: value })));
  const add = () => { if (name.trim()) change({ kind, owner, name: name.trim(), old: null, new: [''] }); setName(''); };
  const rows = (items) => items.map((item) => html`<${Property} key=${keyOf(item)} item=${item} changes=${changes} history=${() => setShown(item)} />`);
  return html`<div class="card scroll"><table class="wide stack"><thead><tr><th style="width:220px">property</th><th>value, a line per element</th><th></th></tr></thead><tbody>${rows(stored)}${rows(added)}</tbody></table>
      ${!stored.length && !added.length && html`<p class="muted">There are none.</p>`}
      ${may('expert') && html`<div class="row" style="margin-top:8px"><input placeholder="new property" aria-label="new property" value=${name} onInput=${(event) => setName(event.target.value)} onKeyDown=${(event) => event.key === 'Enter' && add()} /><button onClick=${add}>Add</button></div>`}</div>
    ${attributes.length > 0 && html`<div class="card scroll"><h2>Of attributes</h2><table class="wide stack"><tbody>${rows(attributes)}</tbody></table></div>`}
    ${shown && html`<${History} item=${shown} close=${() => setShown(null)} />`}`;
}

function Property({ item, changes, history }) {
  const changed = changes.find((each) => keyOf(each) === keyOf(item));
  const lines = changed ? changed.new : item.old;
  const text = lines === null ? '' : (lines || []).join('\n');
  const set = (value) => change({ ...item, new: value });
  return html`<tr><td><b>${item.attribute ? item.attribute + ' / ' : ''}${item.name}</b>${changed && html` <span class="tag bad">${lines === null ? 'to be deleted' : 'changed'}</span>`}</td>
    <td><textarea rows=${Math.min(12, text.split('\n').length)} aria-label=${'value of ' + item.name} readonly=${!may('expert')} disabled=${lines === null} value=${text} onInput=${(event) => set(event.target.value.split('\n'))}></textarea></td>
    <td style="white-space:nowrap">${changed ? html`<button onClick=${() => change({ ...item, new: item.old })}>Take back</button>` : may('expert') && html`<button onClick=${() => set(null)} aria-label=${'delete ' + item.name}>Delete</button>`} ${item.old !== null && html`<button onClick=${history} aria-label=${'history of ' + item.name}>History</button>`}</td></tr>`;
}

function History({ item, close }) {
  const [data, error] = useAnswer('property-history', { kind: item.kind, owner: item.owner, attribute: item.attribute, name: item.name });
  const restore = (each) => { change({ ...item, new: each.deleted ? null : each.value }); close(); };
  return html`<${Dialog} title=${'History of ' + item.name} close=${close} wide>${error && html`<p class="bad">${error.message}</p>`}
    <table><tbody>${(data ? data.history : []).map((each) => html`<tr><td class="muted small">${each.date}</td><td>${each.deleted ? html`<i>deleted</i>` : html`<pre>${each.value.join('\n')}</pre>`}</td><td>${may('expert') && html`<button onClick=${() => restore(each)}>Restore</button>`}</td></tr>`)}</tbody></table><//>`;
}

const Diff = ({ old, now }) => html`<div class="diff">${(old || []).filter((line) => !(now || []).includes(line)).map((line) => html`<del>${line}</del>`)}${(now || []).filter((line) => !(old || []).includes(line)).map((line) => html`<ins>${line}</ins>`)}${now === null && html`<del>(the property)</del>`}${old && now && same([...old].sort(), [...now].sort()) && !same(old, now) && html`<ins>(another order)</ins>`}</div>`;

/** The bar of pending changes, and the dialog in which they are compared and written. */
export function Pending() {
  const changes = use(pending);
  const [review, setReview] = useState(null);
  const [busy, setBusy] = useState(false);
  if (!changes.length) return null;
  const compare = async () => setReview(await tried(() => post('changes/preview', { changes })));
  const write = async () => {
    setBusy(true);
    const done = await tried(async () => {
      try {
        await post('changes/apply', { changes });
      } finally {
        // The dialog stays until the page shows what is there now: nobody changes an old value once more.
        await Promise.all([...written].map((again) => again()));
      }
      return true;
    }, `${changes.length} change${changes.length > 1 ? 's' : ''} written`);
    setBusy(false);
    if (!done) return;
    pending.value = pending.value.filter((each) => !changes.includes(each));
    setReview(null);
  };
  const misfits = review ? review.changes.filter((each) => !each.fits) : [];
  return html`<div class="bar" role="region" aria-label="pending changes"><b>${changes.length} change${changes.length > 1 ? 's' : ''} not written yet</b><button onClick=${compare}>Review</button><button onClick=${() => (pending.value = [])}>Discard all</button></div>
    ${review && html`<${Dialog} title="Write these changes?" close=${() => setReview(null)} wide>
      ${review.changes.map((each) => html`<div style="margin:8px 0"><b>${each.owner}${each.attribute ? '/' + each.attribute : ''}</b> ${each.name}<${Diff} old=${each.present} now=${each.new} />
        ${!each.fits && html`<p class="bad small" role="alert">It was changed meanwhile: discard, and look again.</p>`}</div>`)}
      <footer><button onClick=${() => setReview(null)}>Back</button><button class="main" disabled=${misfits.length || busy} onClick=${write}>Write</button></footer><//>`}`;
}

const GROUPS = { Display: ['label', 'description', 'unit', 'standard_unit', 'display_unit', 'format'], Limits: ['min_value', 'max_value', 'min_alarm', 'max_alarm', 'min_warning', 'max_warning', 'delta_val', 'delta_t'], Events: ['rel_change', 'abs_change', 'event_period', 'archive_rel_change', 'archive_abs_change', 'archive_period'] };

/** Display, limits, alarms and criteria: a change goes to the bar at the foot, as one of a property does. */
export function AttributeSettings({ device, config, again }) {
  const changes = use(pending);
  useWritten(again);
  const itemOf = (name) => ({ kind: 'setting', owner: device, attribute: config.name, name, old: [config.settings[name]] });
  const line = (name) => {
    const item = itemOf(name);
    const changed = changes.find((each) => keyOf(each) === keyOf(item));
    return html`<label class="row" style="margin:3px 0"><span style="width:135px" class="muted small">${name.replace(/_/g, ' ')}</span>
      <input style="flex:1;min-width:0" class=${changed ? 'changed' : ''} readonly=${!may('expert')} value=${changed ? changed.new[0] : item.old[0]} onInput=${(event) => change({ ...item, old: changed ? changed.old : item.old, new: [event.target.value] })} /></label>`;
  };
  return html`<div class="card"><h2>Configuration</h2><div class="grid">${Object.entries(GROUPS).map(([group, names]) => html`<div><h3>${group}</h3>${names.map(line)}</div>`)}</div></div>`;
}

/** What was changed through these pages, the newest first; each change can be undone while it still stands. */
export function Journal({ query }) {
  const subject = query.get('subject') || '';
  const [data, error, again] = useAnswer('journal', { subject }, 10000);
  useEffect(() => {
    // What anybody writes is seen at once; a slider that is moved asks ten times a second at most.
    let timer = 0;
    const soon = () => { timer ||= setTimeout(() => { timer = 0; again(); }, 100); };
    messages.journal.add(soon);
    return () => { clearTimeout(timer); messages.journal.delete(soon); };
  }, [again]);
  const undo = async (entry) => {
    const answer = await tried(async () => {
      if (entry.change) return post('journal/undo', { id: entry.id });
      return post('alias', { device: entry.subject, alias: entry.old });
    }, 'undone');
    if (answer) again();
  };
  const can = (entry) => may('expert') && (entry.change || entry.what === 'alias');
  document.title = 'Journal – puretango';
  return html`<div class="head"><h1>Journal</h1></div>${error && html`<p class="bad" role="alert">${error.message}</p>`}<div class="card scroll"><table class="wide stack"><thead><tr><th>when</th><th>who</th><th>what</th><th>where</th><th>change</th><th></th></tr></thead><tbody>
    ${(data ? data.entries : []).map((entry) => html`<tr key=${entry.id}><td class="muted small">${day(entry.time)}</td><td>${entry.user}</td><td>${entry.what}</td><td class="mono">${entry.subject}</td>
      <td>${entry.error ? html`<span class="bad">${entry.error}</span>` : entry.change ? html`<${Diff} old=${entry.change.old} now=${entry.change.new} />` : html`${entry.old !== undefined && html`<span class="muted">${entry.old || '–'} → </span>`}<span class="mono">${entry.new || ''}</span>`}</td><td>${can(entry) && html`<button onClick=${() => undo(entry)}>Undo</button>`}</td></tr>`)}</tbody></table></div>`;
}
