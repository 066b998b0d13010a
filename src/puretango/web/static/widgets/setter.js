// What sets an attribute, or slides it.
import { html, useState, useRef, post, say, may } from '../core/base.js';
import { STATES, isNumber, limit, parsed } from '../core/format.js';

/** Sends the newest of many values, one at a time, 100 ms apart at least. */
function flood(send) {
  let waiting;
  let busy = false;
  return async function push(value) {
    waiting = { value };
    if (busy) return;
    busy = true;
    while (waiting) {
      const next = waiting.value;
      waiting = undefined;
      await Promise.all([send(next), new Promise((done) => setTimeout(done, 100))]);
    }
    busy = false;
  };
}

const CHOICES = { DevBoolean: () => ['false', 'true'], DevState: () => STATES, DevEnum: (config) => config.enum };
/** The set value beside the read one: sent on Enter, confirmed by what is read back. */
export function Setter({ device, config }) {
  const [state, set] = useState({ text: '', phase: '' });
  const slide = useRef(null);
  const allowed = may(config.expert ? 'expert' : 'operator');
  const send = async (value, quiet) => {
    set((old) => ({ ...old, phase: 'busy' }));
    try {
      const answer = await post('write', { device, attribute: config.name, value });
      set((old) => ({ text: quiet ? old.text : '', phase: 'done', note: `set in ${answer.took.toFixed(0)} ms` }));
    } catch (error) {
      set((old) => ({ ...old, phase: 'bad', note: error.message }));
      say(`${config.name}: ${error.message}`, true);
    }
  };
  if (!slide.current) slide.current = flood((value) => send(value, true));
  if (!config.writable) return html`<div></div>`;
  if (!allowed) return html`<div class="muted small unset" title="Your role may not set it">read only</div>`;
  const mark = html`<span class=${'mark ' + state.phase} role="status" title=${state.note || ''}>${{ busy: '…', done: '✓', bad: '✗' }[state.phase] || ''}</span>`;
  const label = `set ${config.name}`;
  if (config.format === 'SCALAR' && CHOICES[config.type]) {
    const options = CHOICES[config.type](config);
    return html`<div class="setter"><select aria-label=${label} value="" onChange=${(event) => event.target.value && send(event.target.value)}>
      <option value="">set…</option>${options.map((option) => html`<option>${option}</option>`)}</select>${mark}</div>`;
  }
  const enter = (event) => {
    if (event.key !== 'Enter' || (config.format !== 'SCALAR' && !event.ctrlKey)) return;
    event.preventDefault();
    send(parsed(event.target.value, config));
  };
  const input = (event) => set({ text: event.target.value, phase: '' });
  if (config.format !== 'SCALAR')
    return html`<div class="setter"><textarea rows="2" aria-label=${label} placeholder="values; Ctrl+Enter sets" value=${state.text} onInput=${input} onKeyDown=${enter}></textarea>${mark}</div>`;
  const low = limit(config.settings.min_value);
  const high = limit(config.settings.max_value);
  const ranged = isNumber(config) && low !== null && high !== null && high > low;
  return html`<div class="setter"><input aria-label=${label} placeholder=${config.type === 'DevEncoded' ? 'format, text' : 'set, Enter'} size="9" value=${state.text} onInput=${input} onKeyDown=${enter} inputmode=${isNumber(config) ? 'decimal' : 'text'} />
    ${ranged && html`<input type="range" aria-label=${`slide ${config.name}`} min=${low} max=${high} step=${config.type === 'DevDouble' || config.type === 'DevFloat' ? (high - low) / 200 : 1} onInput=${(event) => slide.current(event.target.value)} />`}${mark}</div>`;
}
