/**
 * A lens: how one unit sees a key, and what it may write, by the schema that it brought. Units of
 * one page may bring several versions of a schema, or schemas of several libraries.
 *
 * The core keeps one value in the form of one version. A unit of a lower one sees it through the
 * steps down, and what it writes goes up; without steps it sees the value as it is and can't
 * write. A unit of a higher one sees it through the steps up until the migration is decided.
 */
import { checkValue } from './check.js';
import { checkedDefault } from './definition.js';
import { DanjiError } from './errors.js';
import type { Commit } from './memory-types.js';
import type { Cell } from './cell.js';
import { standardOutput, standardSchemaOf, stateSchemaOf } from './schema.js';
import type { StandardSchema } from './schema-types.js';
import type { Store } from './store.js';
import type { Listener, StateDefinition, StateReading } from './types.js';
import { compareVersions } from './versions.js';

/** A key as a unit means it. */
export interface View {
  readonly cell: Cell;
  /** Null: as it is kept. */
  readonly lens: Lens | null;
}

/** A unit's lens; null when its definition says nothing of values. */
export function lensOf(
  store: Store,
  cell: Cell,
  definition: StateDefinition,
): Lens | null {
  return definition.schema === undefined ? null : new Lens(store, cell, definition);
}

export class Lens {
  readonly #store: Store;
  readonly #cell: Cell;
  readonly #version: string;
  readonly #library: StandardSchema | null;
  readonly #standard: unknown;
  /** Why the unit can't use the key, besides what concerns everybody. */
  #error: DanjiError | null = null;
  /** What was converted last, from which version, and into what. */
  #last: { readonly kept: unknown; readonly from: string; readonly seen: unknown } | null = null;
  /** So many ways between versions were known then. */
  #ways = 0;
  #reading: { readonly of: StateReading<unknown>; readonly is: StateReading<unknown> } | null =
    null;

  constructor(store: Store, cell: Cell, definition: StateDefinition) {
    this.#store = store;
    this.#cell = cell;
    this.#version = stateSchemaOf(definition)?.version ?? '';
    this.#library = standardSchemaOf(definition);
    const { registration } = cell;
    const isFirst = definition === registration.definition;
    this.#standard = isFirst ? registration.defaultValue : checkedDefault(definition);
  }

  /** With what the open batch staged. */
  read(): unknown {
    const { stagedBy, staged, value, isSet, standing, registration } = this.#cell;
    if (this.#version === '') return this.#cell.latest;
    const isStaged = stagedBy !== null;
    if (isStaged ? staged === undefined : !isSet) {
      this.#error = null;
      return this.#standard;
    }
    if (isStaged) return this.#converted(staged, registration.versions.highest);
    return this.#converted(value, standing);
  }

  reading(): StateReading<unknown> {
    const { mirror } = this.#store;
    const of = mirror.readLatest(this.#cell);
    const value = this.read();
    const error = this.#error;
    if (Object.is(value, of.value) && error === null) return of;
    const known = this.#reading;
    if (known?.of === of && Object.is(known.is.value, value)) return known.is;
    const is = { value, meta: error === null ? of.meta : mirror.meta(this.#cell, error) };
    this.#reading = { of, is };
    return is;
  }

  /** Calls a listener with what the unit sees, when that is another value than before. */
  listen(listener: Listener<unknown>, wantsMeta: boolean): Listener<unknown> {
    let { value, meta } = this.reading();
    return () => {
      const next = this.reading();
      const isNews = !Object.is(next.value, value) || next.meta.error !== meta.error;
      ({ value, meta } = next);
      if (isNews || wantsMeta) listener(value, meta);
    };
  }

  /** What the core is to keep for what the unit writes. Throws what is wrong with it. */
  write(input: unknown): unknown {
    const { registration, key } = this.#cell;
    if (this.#version !== '') this.checkWritable();
    const value = typeof input === 'function' ? this.#updated(input as Updater) : input;
    if (this.#library !== null) return standardOutput(this.#library, value, key);
    const { versions } = registration;
    if (compareVersions(this.#version, versions.highest) === 0) return value;
    checkValue(value, key); // What a step gets is frozen.
    return versions.convert(value, this.#version, versions.highest);
  }

  /** For an optimistic update: a commit that speaks of values as the unit sees them. */
  committing(commit: Commit): Commit {
    return async (kept, context) => {
      const { versions } = this.#cell.registration;
      const isOwn = this.#version === '' || this.#version === versions.highest;
      const seen = isOwn ? kept : versions.convert(kept, versions.highest, this.#version);
      const answer = await commit(seen, context);
      return answer === undefined ? answer : this.write(answer);
    };
  }

  /** Throws `READ_ONLY_SCHEMA`, or why the value can't be brought into the unit's form. */
  checkWritable(): void {
    const { standing, key, registration, isPlain } = this.#cell;
    const { versions } = registration;
    if (this.#version === '') return;
    const isAbove = compareVersions(standing, this.#version) > 0;
    const leadsBack = versions.leads(this.#version, versions.highest);
    if (!leadsBack || (isAbove && !versions.leads(standing, this.#version))) {
      const kept = compareVersions(standing, versions.highest) > 0 ? standing : versions.highest;
      const detail =
        `'${key}' is kept under schema version ${kept}, ` +
        `and no steps lead there and back from this unit's ${this.#version}`;
      throw new DanjiError('READ_ONLY_SCHEMA', detail, { key });
    }
    this.read();
    if (this.#error !== null) throw this.#error;
    // Fields can be changed only in the new form.
    if (!isPlain && !this.#store.isInBatch) this.#store.migrator.bring(this.#cell);
  }

  #converted(kept: unknown, from: string): unknown {
    const { fault } = this.#cell;
    const refused = fault !== null && Object.is(fault.value, kept) ? fault.error : null;
    if (from === this.#version) {
      this.#error = null;
      if (this.#last === null || !Object.is(this.#last.seen, kept)) {
        this.#last = { kept, from, seen: kept };
      }
      return kept;
    }
    if (refused !== null && compareVersions(from, this.#version) < 0) {
      this.#error = refused;
      return this.#standard;
    }
    const ways = this.#cell.registration.versions.size;
    const last = this.#ways === ways ? this.#last : null;
    if (last !== null && Object.is(last.kept, kept) && last.from === from) return last.seen;
    this.#ways = ways;
    const seen = this.#convert(kept, from);
    this.#last = { kept, from, seen };
    return seen;
  }

  #convert(kept: unknown, from: string): unknown {
    const { versions } = this.#cell.registration;
    this.#error = null;
    const isDown = compareVersions(from, this.#version) > 0;
    if (isDown && !versions.leads(from, this.#version)) return kept;
    try {
      return versions.convert(kept, from, this.#version, this.#last?.seen);
    } catch (error) {
      if (!(error instanceof DanjiError)) throw error;
      this.#error = error;
      if (isDown) this.#store.report(error); // Of the way up whoever migrates tells.
      return this.#standard;
    }
  }

  #updated(updater: Updater): unknown {
    try {
      return updater(this.read());
    } catch (cause) {
      const detail = 'the updater threw, nothing was written';
      throw new DanjiError('UPDATER_FAILED', detail, { key: this.#cell.key, cause });
    }
  }
}

type Updater = (previous: unknown) => unknown;
