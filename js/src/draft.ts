/**
 * Drafts: change a frozen value as if it were not, and get a new one.
 *
 * Every container that the recipe looks at is copied, and the copy is shown through a proxy.
 * At the end a copy that equals its original is dropped for it, so what was not changed keeps
 * its identity, and a recipe that changed nothing gives `base` back.
 */
import { DanjiError } from './errors.js';
import { copyOf, isContainer, isPlain, limits, withChildren } from './json.js';
import type { Container } from './json.js';

/**
 * Runs `recipe` on a draft of `base`, which must be frozen plain JSON, and returns what came
 * of it. Neither `base` nor what the recipe puts in is changed. The result is not checked and
 * not frozen: that is `checkValue`'s work. A draft used after its recipe ended throws CLOSED;
 * an async recipe, or one that returns a new value in place of changes, INVALID_VALUE. What the
 * recipe throws itself is the cause of UPDATER_FAILED. All of them name `key`.
 */
export function produce<T>(base: T, recipe: (draft: T) => void, key: string): T {
  const session = new Session(key);
  if (!isContainer(base)) {
    throw session.refusal('only an object or an array can be changed in place: use setState');
  }
  const draft = session.draftOf(base, true);
  try {
    const returned: unknown = session.run(() => recipe(draft as T & Container));
    if (isContainer(returned) && typeof returned['then'] === 'function') {
      // It will fail for want of an open draft; that was told here already.
      Promise.resolve(returned).catch(() => {});
      throw session.refusal('a recipe must not be async: fetch first, then update');
    }
    const result = session.resolve(draft);
    if (result === base && session.isNew(returned)) {
      throw session.refusal('the recipe returned a new value, changed nothing: change the draft');
    }
    return result as T;
  } finally {
    session.open = false;
  }
}

/** One call of `produce`. */
class Session {
  open = true;
  readonly #key: string;
  #refusal: DanjiError | null = null;
  readonly #drafts = new Map<unknown, Draft>();
  readonly #resolved = new Map<Container, Container>();
  readonly #resolving = new Set<Container>();

  constructor(key: string) {
    this.#key = key;
  }

  refusal(detail: string): DanjiError {
    this.#refusal = new DanjiError('INVALID_VALUE', detail, { key: this.#key });
    return this.#refusal;
  }

  /** Runs the recipe. What a draft refused goes through as it is. */
  run(recipe: () => unknown): unknown {
    try {
      return recipe();
    } catch (cause) {
      if (cause === this.#refusal) throw cause;
      const detail = 'the draft recipe threw, nothing was written';
      throw new DanjiError('UPDATER_FAILED', detail, { key: this.#key, cause });
    }
  }

  checkOpen(): void {
    if (this.open) return;
    throw new DanjiError('CLOSED', 'a draft ends with its recipe', { key: this.#key });
  }

  draftOf(original: Container, trusted: boolean): Container {
    const draft = new Draft(this, original, trusted);
    const proxy = new Proxy(draft.copy, draft);
    this.#drafts.set(proxy, draft);
    return proxy;
  }

  /** Did the recipe make this object itself? Lists don't count: `splice` returns one. */
  isNew(value: unknown): boolean {
    if (!isContainer(value) || Array.isArray(value)) return false;
    return !this.#drafts.has(value) && !Object.isFrozen(value);
  }

  /** `value` without drafts in it: what has none, or only unchanged ones, stays what it was. */
  resolve(value: unknown): unknown {
    if (!isContainer(value)) return value;
    const draft = this.#drafts.get(value);
    if (draft === undefined && !isPlain(value)) return value;
    const known = this.#resolved.get(value);
    if (known !== undefined) return known;
    if (this.#resolving.has(value)) throw this.refusal('the recipe put something into itself');
    // Too deep to be let in; checkValue has the words for it.
    if (this.#resolving.size > limits.nestingMax) return value;
    this.#resolving.add(value);
    const { original, copy, trusted } = draft ?? { original: value, copy: value, trusted: false };
    const names = Object.keys(copy);
    const values = names.map((name) => {
      const field = copy[name];
      return trusted && field === original[name] ? field : this.resolve(field);
    });
    const result = withChildren(original, copy, { names, values });
    this.#resolving.delete(value);
    this.#resolved.set(value, result);
    return result;
  }
}

/** The other side of a draft's proxy: its traps and what they work on. */
class Draft implements ProxyHandler<Container> {
  readonly copy: Container;

  constructor(
    readonly session: Session,
    readonly original: Container,
    /** The original is part of `base`, so it has no drafts in it. */
    readonly trusted: boolean,
  ) {
    this.copy = copyOf(original);
  }

  get(copy: Container, name: string | symbol): unknown {
    this.session.checkOpen();
    if (typeof name === 'symbol' || !Object.hasOwn(copy, name)) {
      // Ordinary names, so that `draft[a][b] = c` can't reach the prototypes of everything.
      return name === '__proto__' || name === 'constructor' ? undefined : Reflect.get(copy, name);
    }
    const field = copy[name];
    if (!isContainer(field)) return field;
    const trusted = this.trusted && field === this.original[name];
    if (!trusted && !(Object.isFrozen(field) && isPlain(field))) return field;
    return (copy[name] = this.session.draftOf(field, trusted));
  }

  set(copy: Container, name: string | symbol, value: unknown): boolean {
    this.session.checkOpen();
    if (typeof name === 'symbol') throw this.session.refusal('a field has a name, not a symbol');
    if (name === 'length' && Array.isArray(copy)) return Reflect.set(copy, name, value);
    const field = { value, writable: true, enumerable: true, configurable: true };
    return Reflect.defineProperty(copy, name, field);
  }

  has(copy: Container, name: string | symbol): boolean {
    this.session.checkOpen();
    return Reflect.has(copy, name);
  }

  deleteProperty(copy: Container, name: string | symbol): boolean {
    this.session.checkOpen();
    return Reflect.deleteProperty(copy, name);
  }

  ownKeys(copy: Container): (string | symbol)[] {
    this.session.checkOpen();
    return Reflect.ownKeys(copy);
  }

  getOwnPropertyDescriptor(copy: Container, name: string | symbol): PropertyDescriptor | undefined {
    this.session.checkOpen();
    return Reflect.getOwnPropertyDescriptor(copy, name);
  }

  defineProperty(): boolean {
    throw this.session.refusal('a draft takes plain assignments: Object.defineProperty is none');
  }

  setPrototypeOf(): boolean {
    throw this.session.refusal('a draft is plain data: its prototype stays');
  }

  preventExtensions(): boolean {
    throw this.session.refusal('a draft is there to be changed: it is frozen when it is written');
  }
}
