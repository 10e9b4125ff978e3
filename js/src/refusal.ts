/**
 * Why a value was refused: finds the first thing in it that is not plain JSON, and words it.
 *
 * Runs only after check.ts said no, so it may take its time. It stops at the first fault, and
 * it always has an answer, also for values that throw when read or differ at every look.
 */
import { DanjiError } from './errors.js';
import type { ErrorCode } from './errors.js';
import { asArray, isContainer, isPlain, isWellFormed, limits, utf8Bytes } from './json.js';
import type { Container } from './json.js';

interface Fault {
  readonly code: ErrorCode;
  /** Goes on after "is". */
  readonly text: string;
  /** Not of the place where it was noticed. */
  readonly ofWhole?: boolean;
}

/** Where the search stands, and a lower bound for the text of what it has seen. */
interface Search {
  readonly root: unknown;
  steps: string[];
  bytes: number;
  /** Ordinary objects may have getters, so only a search that found nothing else looks for them. */
  readonly wantsGetters: boolean;
}

interface Circumstances {
  readonly key: string;
  /** What the value threw while it was checked. */
  readonly cause?: unknown;
}

const insteadOf: Readonly<Record<string, string>> = {
  Date: 'a Date: use toISOString() or getTime()',
  Map: 'a Map: use Object.fromEntries(map) or [...map]',
  Set: 'a Set: use [...set]',
  Promise: 'a Promise: await it first',
};

export function describeRefusal(value: unknown, { key, cause }: Circumstances): DanjiError {
  let search = searchIn(value, false);
  let fault: Fault | undefined;
  let thrown = cause;
  try {
    fault = faultOf(value, search) ?? faultOfSize(value);
    if (fault === undefined) fault = faultOf(value, (search = searchIn(value, true)));
  } catch (error) {
    thrown = error;
    fault = invalid('impossible to read: it threw an error');
  }
  fault ??= invalid('different at every look: write a plain copy of it');
  const path = fault.ofWhole === true ? '' : search.steps.join('.');
  const whole = `the value of ${JSON.stringify(key)}`;
  const place = path === '' ? whole : `${JSON.stringify(path)} in ${whole}`;
  return new DanjiError(fault.code, `${place} is ${fault.text}`, { key, path, cause: thrown });
}

function searchIn(root: unknown, wantsGetters: boolean): Search {
  return { root, steps: [], bytes: 0, wantsGetters };
}

/** Does an object have what a walk over its fields does not show: symbols, getters, setters? */
export function hasHiddenField(object: Container): boolean {
  return faultOfHidden(object) !== undefined;
}

function invalid(text: string): Fault {
  return { code: 'INVALID_VALUE', text };
}

function faultOf(value: unknown, search: Search): Fault | undefined {
  search.bytes += typeof value === 'string' ? value.length + 2 : 1;
  if (search.bytes > limits.valueBytesMax) return faultOfEndless(search, tooLarge('more'));
  if (isContainer(value)) return faultOfContainer(value, search);
  switch (typeof value) {
    case 'string':
      if (isWellFormed(value)) return undefined;
      return invalid('text with half of a surrogate pair: use toWellFormed()');
    case 'number':
      if (Number.isFinite(value)) return undefined;
      return invalid(`${value}, a number that JSON lacks: use null`);
    case 'undefined':
      if (search.steps.length > 0) return invalid('undefined: leave it out or use null');
      return invalid('undefined: use unsetState to go back to the default');
    case 'bigint':
      return invalid('a BigInt: use a string or a number');
    case 'function':
      return invalid('a function: state is data, keep functions outside');
    case 'symbol':
      return invalid('a symbol: use a string');
    default:
      return undefined;
  }
}

function faultOfContainer(container: Container, search: Search): Fault | undefined {
  if (!isPlain(container)) return invalid(instance(container));
  if (search.steps.length >= limits.nestingMax) {
    const text = `nested over ${limits.nestingMax} levels deep: split the state or flatten it`;
    return faultOfEndless(search, { code: 'TOO_LARGE', text });
  }
  return faultOfOwn(container, search) ?? faultInside(container, search);
}

/** Of the container itself, not of what is in it. */
function faultOfOwn(container: Container, search: Search): Fault | undefined {
  const array = asArray(container);
  if (array === undefined) {
    const usual = Object.getPrototypeOf(container) === Object.prototype;
    if (usual) return search.wantsGetters ? faultOfGetter(container) : undefined;
    return faultOfHidden(container);
  }
  const extra = Object.keys(array).find((name) => !isIndex(name));
  if (extra === undefined) return undefined;
  const named = JSON.stringify(extra);
  return invalid(`an array with a field ${named} besides its items: use an object`);
}

function faultInside(container: Container, search: Search): Fault | undefined {
  const array = asArray(container);
  const names = array === undefined ? Object.keys(container) : array.keys();
  for (const name of names) {
    const step = String(name);
    search.steps.push(step);
    search.bytes += array === undefined ? step.length : 0;
    if (array !== undefined && !Object.hasOwn(array, name)) {
      return invalid('a hole in an array: use null');
    }
    if (!isWellFormed(step)) {
      return invalid('a field whose name has half of a surrogate pair: use toWellFormed()');
    }
    const fault = faultOf(container[name], search);
    if (fault !== undefined) return fault;
    search.steps.pop();
  }
  return undefined;
}

function faultOfHidden(object: Container): Fault | undefined {
  if (Object.getOwnPropertySymbols(object).length > 0) {
    return invalid('an object with a symbol as a field name: use a string');
  }
  return faultOfGetter(object);
}

function faultOfGetter(object: Container): Fault | undefined {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(object));
  const accessor = fields.find(([, field]) => field.enumerable === true && !('value' in field));
  if (accessor === undefined) return undefined;
  const named = JSON.stringify(accessor[0]);
  return invalid(`an object whose field ${named} is a getter: copy its value`);
}

function isIndex(name: string): boolean {
  return /^(0|[1-9]\d*)$/.test(name);
}

function instance(container: Container): string {
  const maker: unknown = container['constructor'];
  const name = typeof maker === 'function' ? maker.name : '';
  if (asArray(container) !== undefined) return 'an array of a class of its own: use [...array]';
  if (Object.hasOwn(insteadOf, name)) return insteadOf[name] ?? '';
  return `an instance of ${name || 'an unnamed class'}: copy its fields into a plain object`;
}

function tooLarge(bytes: number | 'more'): Fault {
  const text = `too large: at most ${limits.valueBytesMax} bytes of JSON text, it has ${bytes}`;
  return { code: 'TOO_LARGE', text, ofWhole: true };
}

function faultOfSize(value: unknown): Fault | undefined {
  const bytes = utf8Bytes(JSON.stringify(value));
  return bytes > limits.valueBytesMax ? tooLarge(bytes) : undefined;
}

/** What seems endless may be a cycle; if so, that is the fault. */
function faultOfEndless(search: Search, otherwise: Fault): Fault {
  const cycle = isContainer(search.root) ? cycleIn(search.root) : undefined;
  if (cycle === undefined) return otherwise;
  search.steps = cycle.steps;
  const outer = cycle.outer.length > 0 ? JSON.stringify(cycle.outer.join('.')) : 'the whole';
  return invalid(`the same object as ${outer}, which contains it: JSON has no cycles`);
}

interface Cycle {
  readonly steps: string[];
  /** The path of the container that is met again at `steps`. */
  readonly outer: string[];
}

/** The first cycle in depth-first order. Without recursion: a value may be very deep. */
function cycleIn(root: Container): Cycle | undefined {
  const done = new Set<Container>();
  const open = new Map<Container, Iterator<string>>([[root, Object.keys(root).values()]]);
  const trail = [root];
  const steps: string[] = [];
  for (let inner = trail.at(-1); inner !== undefined; inner = trail.at(-1)) {
    const next = open.get(inner)?.next();
    if (next === undefined || next.done === true) {
      open.delete(inner);
      done.add(inner);
      trail.pop();
      steps.pop();
      continue;
    }
    const child = inner[next.value];
    if (!isContainer(child) || done.has(child)) continue;
    steps.push(next.value);
    if (open.has(child)) return { steps, outer: steps.slice(0, trail.indexOf(child)) };
    open.set(child, Object.keys(child).values());
    trail.push(child);
  }
  return undefined;
}
