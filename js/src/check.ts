/**
 * What may come in: plain JSON values, keys and ids. Everything else is refused with a
 * typed error that says where it is, what was found and what to do instead.
 *
 * `checkValue` runs on every write, so it walks a value once without noting where it is;
 * only when something is wrong does refusal.ts walk again, slowly, to find the words.
 * A value is frozen after all of it was found good: a refused value stays as it was.
 *
 * Two things are not asked of ordinary objects, because asking costs more than all the rest
 * together: whether a field is a getter, and whether a symbol is the name of one. A getter that
 * answers differently at a second look is refused, others count as what they answer; JSON leaves
 * out the symbols. Objects of unusual origin (no prototype, another realm's) are asked.
 */
import { DanjiError } from './errors.js';
import { isPlain, isWellFormed, limits, utf8Bytes } from './json.js';
import type { Container } from './json.js';
import { describeRefusal, hasHiddenField } from './refusal.js';

export { limits } from './json.js';

/** Upper bounds: a UTF-16 unit may need `\u001f`, a number `-1.2345678901234567e-100`. */
const unitBytesMax = 6;
const numberBytesMax = 25;
const wordBytesMax = 5;
const refused = -1;

// No bound is over 13 times the true size, so beyond this a value is too large for certain.
// Without it, a few objects that hold one another many times would be walked for years.
const hopelessBytes = 16 * limits.valueBytesMax;

// Field names that were found well-formed, by their place in a walk. Comparing with what was
// there last time is much cheaper than looking into the text again, and as good.
const knownNames: string[] = new Array<string>(64).fill('');

// True when a script gave Object.prototype fields, which then show in every object's walk.
let objectsInherit = false;

/**
 * Checks that `value` is plain JSON of bearable size, then freezes it all the way down.
 * Returns an upper bound for the bytes of its JSON text, never above `limits.valueBytesMax`.
 * Throws INVALID_VALUE or TOO_LARGE with `key` and the path; then nothing was frozen.
 */
export function checkValue(value: unknown, key: string): number {
  // Only what is inside is collected: most values are flat, and need no list then.
  const inside: object[] = [];
  let bytes = refused;
  let cause: unknown;
  try {
    objectsInherit = false;
    for (const _ in Object.prototype) objectsInherit = true;
    bytes = weigh(value, 1, inside);
    if (bytes > limits.valueBytesMax) bytes = exactBytes(value);
  } catch (error) {
    // The caller's own code, a getter or a proxy, threw.
    cause = error;
    bytes = refused;
  }
  if (bytes === refused) throw describeRefusal(value, { key, cause });
  if (typeof value === 'object') freezeAll(value, inside, key);
  return bytes;
}

/** A bound for the bytes of one value's text, or `refused`. Collects the containers in it. */
function weigh(value: unknown, depth: number, inside: object[]): number {
  if (typeof value === 'string') {
    return isWellFormed(value) ? value.length * unitBytesMax + 2 : refused;
  }
  if (typeof value === 'number') return value - value === 0 ? numberBytesMax : refused;
  if (typeof value === 'boolean' || value === null) return wordBytesMax;
  if (typeof value !== 'object' || depth > limits.nestingMax) return refused;
  if (depth > 1) inside.push(value);
  return Array.isArray(value)
    ? weighArray(value, depth, inside)
    : weighObject(value as Container, depth, inside);
}

function weighArray(array: readonly unknown[], depth: number, inside: object[]): number {
  if (Object.getPrototypeOf(array) !== Array.prototype && !isPlain(array)) return refused;
  let bytes = 2;
  for (let i = 0; i < array.length; i++) {
    const item = weigh(array[i], depth + 1, inside);
    bytes += item + 1;
    if (item === refused || bytes > hopelessBytes) return refused;
  }
  // A hole is undefined and refused above, so a difference means fields besides the items.
  // (Object.values, because Object.keys would make a text of every index.)
  return Object.values(array).length === array.length ? bytes : refused;
}

function weighObject(object: Container, depth: number, inside: object[]): number {
  const unusual = Object.getPrototypeOf(object) !== Object.prototype;
  if (unusual && (!isPlain(object) || hasHiddenField(object))) return refused;
  const inherits = unusual || objectsInherit;
  let bytes = 2;
  let place = depth;
  for (const name in object) {
    if (inherits && !Object.hasOwn(object, name)) continue;
    if (knownNames[place] !== name && !learnName(place, name)) return refused;
    place = (place + 1) & 63;
    bytes += name.length * unitBytesMax + 4;
    // The first cases of weigh once more: a call for every field costs a third.
    const field = object[name];
    // A getter that makes its answer anew; and NaN. To look twice costs less than to ask what
    // kind of field this is.
    if (object[name] !== field) return refused;
    if (typeof field === 'string' && isWellFormed(field)) bytes += field.length * unitBytesMax + 2;
    else if (typeof field === 'number' && field - field === 0) bytes += numberBytesMax;
    else if (typeof field === 'boolean' || field === null) bytes += wordBytesMax;
    else {
      const weight = weigh(field, depth + 1, inside);
      bytes += weight;
      if (weight === refused || bytes > hopelessBytes) return refused;
    }
  }
  return bytes;
}

function learnName(place: number, name: string): boolean {
  if (!isWellFormed(name)) return false;
  knownNames[place] = name;
  return true;
}

/** The size of a value whose bound was too high to tell; `refused` if it is too large. */
function exactBytes(value: unknown): number {
  const bytes = utf8Bytes(JSON.stringify(value));
  return bytes > limits.valueBytesMax ? refused : bytes;
}

function freezeAll(value: unknown, inside: readonly object[], key: string): void {
  try {
    for (let i = inside.length - 1; i >= 0; i--) Object.freeze(inside[i]);
    Object.freeze(value);
  } catch (cause) {
    const detail = `the value of ${JSON.stringify(key)} can't be frozen: write a plain copy of it`;
    throw new DanjiError('INVALID_VALUE', detail, { key, path: '', cause });
  }
}

/** Checks that `key` can name a state. Throws INVALID_KEY. */
export function checkKey(key: unknown): asserts key is string {
  checkName(key, 'a key');
}

/** The same for other names of that kind; `what` says what it is, such as `an event name`. */
export function checkName(name: unknown, what: string): asserts name is string {
  const fault = faultOfName(name);
  if (fault === undefined) return;
  const shown = typeof name === 'string' ? name.slice(0, limits.keyBytesMax) : undefined;
  throw new DanjiError('INVALID_KEY', `${what} must ${fault}`, { key: shown });
}

function faultOfName(name: unknown): string | undefined {
  if (typeof name !== 'string') return `be a string, not ${name === null ? 'null' : typeof name}`;
  if (name === '') return 'not be empty';
  if (!isWellFormed(name)) return 'not contain half of a surrogate pair';
  // No UTF-16 unit takes more than three bytes.
  if (name.length * 3 <= limits.keyBytesMax) return undefined;
  const bytes = name.length > limits.keyBytesMax ? name.length : utf8Bytes(name);
  if (bytes <= limits.keyBytesMax) return undefined;
  return `have at most ${limits.keyBytesMax} bytes, this one has ${utf8Bytes(name)}`;
}

const idPattern = /^[A-Za-z0-9._-]{1,64}$/;

/** Checks an id of a unit, building, apartment or namespace; `what` says which. */
export function checkId(id: unknown, what: string): asserts id is string {
  if (typeof id === 'string' && idPattern.test(id)) return;
  const shown = typeof id === 'string' ? JSON.stringify(id.slice(0, 80)) : typeof id;
  const rule = '1 to 64 letters, digits, dots, underscores or hyphens';
  throw new DanjiError('INVALID_ID', `${what} must be ${rule}, not ${shown}`);
}
