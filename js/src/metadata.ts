/**
 * What is known about a value besides itself, as it was when it was asked for.
 *
 * Made for every notification, so it only copies numbers; the version object and the author's
 * name are made when somebody looks.
 */
import type { DanjiError } from './errors.js';
import type { ConflictTicket, Overwritten } from './strategy-types.js';
import type { StateMetadata, Version } from './types.js';

/** Who wrote the confirmed value. */
export const Author = { nobody: 0, thisTab: 1, anotherTab: 2 } as const;

/** What an entry's metadata is made of. */
export interface EntryFacts {
  readonly index: number;
  readonly millis: number;
  readonly pending: number;
  readonly author: number;
  readonly unit: number;
  readonly isSet: boolean;
  /** It lives at a server. */
  readonly isRemote: boolean;
  readonly error: DanjiError | null;
  readonly conflict: ConflictTicket | null;
  readonly overwritten: Overwritten | null;
}

export class Metadata implements StateMetadata {
  readonly loading: boolean;
  readonly pending: number;
  readonly error: DanjiError | null;
  readonly conflict: ConflictTicket | null;
  readonly overwritten: Overwritten | null;
  readonly #index: number;
  readonly #epoch: string;
  readonly #millis: number;
  readonly #author: number;
  readonly #unit: number;
  readonly #isSet: boolean;
  readonly #isRemote: boolean;
  readonly #unitName: (unit: number) => string;

  constructor(
    facts: EntryFacts,
    epoch: string,
    loading: boolean,
    unitName: (unit: number) => string,
    error: DanjiError | null = facts.error,
  ) {
    this.loading = loading;
    this.pending = facts.pending;
    this.error = error;
    this.conflict = facts.conflict;
    this.overwritten = facts.overwritten;
    this.#index = facts.index;
    this.#epoch = epoch;
    this.#millis = facts.millis;
    this.#author = facts.author;
    this.#unit = facts.unit;
    this.#isSet = facts.isSet;
    this.#isRemote = facts.isRemote;
    this.#unitName = unitName;
  }

  get version(): Version | null {
    return this.#index === 0 ? null : { epoch: this.#epoch, index: this.#index };
  }

  get source(): StateMetadata['source'] {
    if (!this.#isSet) return 'default';
    if (this.#author !== Author.anotherTab) return 'local';
    return this.#isRemote ? 'remote' : 'tab';
  }

  get updatedAt(): number | null {
    return this.#index === 0 ? null : this.#millis;
  }

  get updatedBy(): string | null {
    return this.#index === 0 ? null : this.#unitName(this.#unit);
  }
}
