// Values as texts, by an attribute's configuration.
export const STATES = ['ON', 'OFF', 'CLOSE', 'OPEN', 'INSERT', 'EXTRACT', 'MOVING', 'STANDBY', 'FAULT', 'INIT', 'RUNNING', 'ALARM', 'DISABLE', 'UNKNOWN'];
export const QUALITIES = ['VALID', 'INVALID', 'ALARM', 'CHANGING', 'WARNING'];
export const LETTERS = ['', '!', 'A', '~', 'W'];

const FLOAT = new Set(['DevFloat', 'DevDouble']);
const INTEGER = new Set(['DevShort', 'DevLong', 'DevUShort', 'DevULong', 'DevUChar', 'DevLong64', 'DevULong64']);
export const isNumber = (config) => FLOAT.has(config.type) || INTEGER.has(config.type);

function printf(format, value) {
  const match = /^(.*?)%([-+ 0#]*)(\d*)(?:\.(\d+))?(?:l|ll|h)?([difeEgGxXus])(.*)$/.exec(format);
  if (!match) return null;
  const [, before, flags, , precision, kind, after] = match;
  const digits = precision === undefined ? 6 : Math.min(Number(precision), 20);
  let text;
  if (kind === 'f') text = value.toFixed(digits);
  else if (kind === 'e' || kind === 'E') text = value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
  else if (kind === 'g' || kind === 'G') text = general(value, digits);
  else if (kind === 'x' || kind === 'X') text = Math.trunc(value).toString(16);
  else if (kind === 's') text = plain(value);
  else text = Math.trunc(value).toFixed(0);
  if (kind === 'E' || kind === 'X' || kind === 'G') text = text.toUpperCase();
  if (flags.includes('+') && value >= 0) text = '+' + text;
  return before + text + after.replace('%%', '%');
}

function general(value, digits) {
  const text = value.toPrecision(Math.max(1, digits));
  return text.includes('e') ? String(Number(text)) : String(Number(text));
}

function plain(value) {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return Math.abs(value) >= 1e7 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential(5) : String(Number(value.toPrecision(7)));
}

function streams(format, value) {
  const digits = /setprecision\((\d+)\)/.exec(format);
  if (!digits) return null;
  return /scientific/.test(format) ? value.toExponential(Number(digits[1])) : value.toFixed(Number(digits[1]));
}

/** One scalar as text. */
export function scalarText(value, config) {
  if (value === null || value === undefined) return '–';
  if (config.type === 'DevState') return STATES[value] || String(value);
  if (config.type === 'DevEnum') return config.enum[value] === undefined ? String(value) : config.enum[value];
  if (config.type === 'DevBoolean') return value === true || value === 1 ? 'true' : 'false';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((each) => scalarText(each, config)).join(', ');
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const format = config.settings.format;
  if (INTEGER.has(config.type) && /%[\d.]*[fge]/.test(format)) return String(value);
  return printf(format, value) ?? streams(format, value) ?? plain(value);
}

export const unitOf = (config) => {
  const { unit, display_unit: shown } = config.settings;
  const text = shown && !/^No display unit$|^Not specified$/.test(shown) && Number.isNaN(Number(shown)) ? shown : unit;
  return text === 'No unit' ? '' : text;
};
export const labelOf = (config) => config.settings.label || config.name;
export const descriptionOf = (config) => (config.settings.description === 'No description' ? '' : config.settings.description);

/** What a person typed, for the server; the server reads numbers by the attribute's type. */
export function parsed(text, config) {
  if (config.type === 'DevEncoded') return encoded(text);
  if (config.format === 'SCALAR') return text;
  if (config.format === 'SPECTRUM') return text.trim() === '' ? [] : items(text, config);
  return text.trim().split('\n').map((line) => items(line, config));
}
/** An encoded value out of `format, text`. */
export function encoded(text) {
  const [format, ...rest] = text.split(',');
  const bytes = new TextEncoder().encode(rest.join(',').trimStart());
  return [format.trim(), btoa(String.fromCharCode(...bytes))];
}
function items(text, config) {
  if (config.type === 'DevString') return text.split('\n');
  return text.trim().split(/[\s,;]+/);
}

/** A limit of the configuration as a number, or null. */
export const limit = (text) => {
  const value = Number(text);
  return text === '' || Number.isNaN(value) ? null : value;
};
