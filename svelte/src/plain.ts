/**
 * Plain copies of what a framework may have wrapped. The same text in vue/ and svelte/.
 *
 * A store freezes what it is given, and a proxy can't be told from what it wraps. So values
 * are read through their proxies and copied: the store gets plain data, and nobody's reactive
 * object is frozen. A value that is frozen all the way down came from a store; it stays the
 * same object, so what did not change keeps its identity.
 */

/** Deeper than a store accepts: it refuses what is below, so that need not be copied. */
const depthMax = 64;

/** Cycles and what is not plain data (a Date, a class's instance) stay, for the store to refuse. */
export function plain<T>(value: T): T;
export function plain(value: unknown): unknown {
  return copy(value, new Map(), 0);
}

/** The same for what a setter takes: a value, or an updater whose result is to be copied. */
export function plainChange<T>(change: T | ((previous: T) => T)): T | ((previous: T) => T) {
  return isUpdater(change) ? (previous) => plain(change(previous)) : plain(change);
}

function isUpdater<T>(change: T | ((previous: T) => T)): change is (previous: T) => T {
  return typeof change === 'function';
}

function copy(value: unknown, done: Map<object, unknown>, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > depthMax) return value;
  if (!Array.isArray(value) && !isPlainObject(value)) return value;
  const known = done.get(value);
  if (known !== undefined) return known;
  const result: object = Array.isArray(value) ? [] : {};
  done.set(value, result);
  let unchanged = Object.isFrozen(value);
  for (const [name, part] of entriesOf(value)) {
    const partCopy = copy(part, done, depth + 1);
    unchanged &&= Object.is(part, partCopy);
    // Not by assignment: `__proto__` is a name like any other.
    Object.defineProperty(result, name, { value: partCopy, ...ordinary });
  }
  if (!unchanged) return result;
  done.set(value, value);
  return value;
}

const ordinary = { enumerable: true, configurable: true, writable: true };

/** Has it no prototype, or this or another realm's `Object.prototype`? */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** An array's holes count as undefined. */
function entriesOf(value: object): Iterable<readonly [string | number, unknown]> {
  return Array.isArray(value) ? Array.from<unknown>(value).entries() : Object.entries(value);
}
