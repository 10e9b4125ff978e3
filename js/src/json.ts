/**
 * JSON as values: what counts as such, and the steps that check, share and draft have in common.
 *
 * A container is an array or an object of JSON. Objects count by their prototype: this
 * realm's `Object.prototype`, another realm's (a value from an iframe), or none.
 */

/** The bounds of core/base/limits.h that are checked before the core is called. */
export const limits = {
  /** Of the UTF-8 form of a key or an event's name. */
  keyBytesMax: 512,
  /** Of the UTF-8 form of a value's JSON text. */
  valueBytesMax: 256 * 1024,
  /** Arrays and objects inside one another; `[[1]]` has two. */
  nestingMax: 32,
  /** Of a schema's text, and of that of permissions. */
  contractTextMax: 32 * 1024,
  /** Of all that a unit may call itself. */
  grantsTextMax: 4 * 1024,
} as const;

/** An array or object seen as what they share: fields with names. */
export type Container = { [field: string]: unknown };

export function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

/** The array that `container` is, or undefined. A container's type says nothing of arrays. */
export function asArray(container: Container): unknown[] | undefined {
  const value: unknown = container;
  return Array.isArray(value) ? value : undefined;
}

export function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    if (prototype === Array.prototype) return true;
    // Every realm's Array.prototype is itself an array; a subclass' prototype is not.
    return Array.isArray(prototype) && isRoot(Object.getPrototypeOf(prototype));
  }
  return prototype === null || prototype === Object.prototype || isRoot(prototype);
}

/** Is this some realm's Object.prototype? */
function isRoot(prototype: unknown): boolean {
  return (
    isContainer(prototype) &&
    Object.getPrototypeOf(prototype) === null &&
    Object.hasOwn(prototype, 'hasOwnProperty')
  );
}

/** A shallow copy that may be changed. A field named `__proto__` stays a field. */
export function copyOf(container: Container): Container {
  const array = asArray(container);
  if (array !== undefined) return array.slice() as unknown[] & Container;
  if (Object.getPrototypeOf(container) !== null) return { ...container };
  return Object.assign<Container, Container>(Object.create(null), container);
}

/** The fields of a container by name, as they should be. */
export interface Children {
  readonly names: readonly string[];
  readonly values: readonly unknown[];
}

/** `previous` if it has exactly these children, else `next` if it has, else a copy that has. */
export function withChildren(previous: Container, next: Container, children: Children): Container {
  if (sameSize(previous, next) && hasChildren(previous, children)) return previous;
  if (hasChildren(next, children)) return next;
  const copy = copyOf(next);
  // Every name is a field of the copy already, so even `__proto__` is an ordinary one here.
  children.names.forEach((name, i) => (copy[name] = children.values[i]));
  return copy;
}

function hasChildren(container: Container, { names, values }: Children): boolean {
  return names.every((name, i) => {
    return Object.hasOwn(container, name) && container[name] === values[i];
  });
}

function sameSize(one: Container, other: Container): boolean {
  if (asArray(one)?.length !== asArray(other)?.length) return false;
  return Object.keys(one).length === Object.keys(other).length;
}

/** Freezes JSON all the way down, without recursion. */
export function freezeDeep(value: unknown): void {
  const open = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (!isContainer(next)) continue;
    Object.freeze(next);
    for (const child of Object.values(next)) {
      if (isContainer(child)) open.push(child);
    }
  }
}

/** The value with copies of whatever is frozen in it; itself where nothing is. */
export function thawed(value: unknown, depth = 0, seen = new Map<object, unknown>()): unknown {
  if (!isContainer(value) || depth > limits.nestingMax || !isPlain(value)) return value;
  if (seen.has(value)) return seen.get(value);
  seen.set(value, value); // What leads back to itself is refused later.
  let copy = Object.isFrozen(value) ? copyOf(value) : value;
  for (const name of Object.keys(value)) {
    const before = value[name];
    const part = thawed(before, depth + 1, seen);
    if (part === before) continue;
    if (copy === value) copy = copyOf(value);
    copy[name] = part;
  }
  seen.set(value, copy);
  return copy;
}

type Checked = string & { isWellFormed(): boolean };
const canTell = 'isWellFormed' in String.prototype;

/** Has the text no half of a surrogate pair? Such text has no UTF-8 form. */
export function isWellFormed(text: string): boolean {
  return canTell ? (text as Checked).isWellFormed() : !/\p{Surrogate}/u.test(text);
}

/** The length of well-formed text in UTF-8. */
export function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair stands for two of its four bytes.
    if (unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff)) bytes += 2;
    else if (unit > 0x7f) bytes += 1;
  }
  return bytes;
}
