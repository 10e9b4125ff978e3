/**
 * The keys that a unit has used: what it means by each, found once.
 */
import { isHandle, type Place } from './definition.js';
import { lensOf, type View } from './lens.js';
import type { Store } from './store.js';
import type { StateKey } from './types.js';

interface Known extends View {
  /** The last one: the same object needs no second look. */
  readonly handle: StateKey | null;
}

export class KnownKeys {
  readonly #store: Store;
  readonly #place: Place;
  readonly #keys = new Map<string, Known>();

  constructor(store: Store, place: Place) {
    this.#store = store;
    this.#place = place;
  }

  view(key: StateKey): View {
    const name = typeof key === 'string' ? key : (key?.key ?? '');
    const known = this.#keys.get(name);
    if (known !== undefined && (typeof key === 'string' || known.handle === key)) return known;
    return this.#resolve(key);
  }

  #resolve(key: StateKey): View {
    const { registry } = this.#store;
    const isNamed = !isHandle(key);
    const registration = isNamed ? registry.get(key as string) : registry.register(key.definition);
    const cell = this.#store.cell(registration, this.#place);
    const { definition } = isNamed ? registration : key;
    const lens = lensOf(this.#store, cell, definition);
    const known = { cell, lens, handle: isNamed ? null : key };
    this.#keys.set(registration.key, known);
    return known;
  }
}
