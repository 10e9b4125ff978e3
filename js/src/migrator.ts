/**
 * Migrations: brings values that are kept under a lower schema version than a unit of this page
 * knows into its form. One op carries the new contract with the result of the steps, and is
 * accepted only if the value is still the one that it was made from; so of several tabs that
 * try, one does it, and a step that throws has changed nothing.
 */
import { atVersion, WriteKind } from './bridge.js';
import { ByteWriter } from './bytes.js';
import type { Submit } from './conflicts.js';
import { DanjiError } from './errors.js';
import type { Cell } from './cell.js';
import type { Store } from './store.js';
import { compareVersions } from './versions.js';
import { writeValue } from './wire-value.js';

/** The author of what was brought up. */
const migrationUnit = 'migration';

export class Migrator {
  readonly #store: Store;
  readonly #submit: Submit;
  readonly #due = new Set<Cell>();

  constructor(store: Store, submit: Submit) {
    this.#store = store;
    this.#submit = submit;
    store.registry.onVersion = (registration) => {
      for (const cell of store.cells) {
        if (cell?.registration !== registration) continue;
        store.mirror.renew(cell); // Units that could not read it may be able to now.
        this.note(cell);
      }
    };
  }

  /** Looks at a cell once this task is over: whoever calls may be in the middle of a render. */
  note(cell: Cell): void {
    if (this.#due.size === 0) queueMicrotask(() => this.#run());
    this.#due.add(cell);
  }

  #run(): void {
    const due = [...this.#due];
    this.#due.clear();
    if (this.#store.isOver) return;
    this.#store.beginTask();
    this.#store.settle();
    for (const cell of due) this.bring(cell);
  }

  /** Brings a cell into the form of this page's highest version, if it is below and can be. */
  bring(cell: Cell): void {
    const { standing, registration, value, isSet, fault } = cell;
    const { versions } = registration;
    if (compareVersions(standing, versions.highest) >= 0 || !isSet) return;
    // What is undecided is looked at when it is decided, and what waits for a person then.
    if (cell.pending > 0 || cell.conflict !== null || cell.error !== null) return;
    if (this.#store.isInBatch || this.#store.isOver) return this.note(cell);
    if (fault !== null && Object.is(fault.value, value)) return;
    try {
      const result = versions.convert(value, standing, versions.highest);
      this.#store.fillDeferred();
      const outcome = this.#submit(cell, this.#batchOf(cell, result), result);
      outcome.then(undefined, (error) => this.#refused(cell, value, error));
    } catch (error) {
      this.#refused(cell, value, error);
    }
  }

  #batchOf(cell: Cell, value: unknown): ByteWriter {
    const batch = new ByteWriter();
    batch.varint(1);
    batch.varint(cell.slot);
    // It says what is there already, so it asks nobody's leave.
    batch.varint(this.#store.bridge.unit(migrationUnit, '*'));
    batch.u8(WriteKind.reset + atVersion);
    batch.varint(cell.index);
    writeValue(batch, value);
    return batch;
  }

  #refused(cell: Cell, value: unknown, cause: unknown): void {
    if (!(cause instanceof DanjiError)) throw cause;
    // Somebody wrote it, or migrated it, meanwhile.
    if (cause.code === 'STALE' || cause.code === 'READ_ONLY_SCHEMA') return this.note(cell);
    if (cause.code === 'CLOSED' || cause.code === 'POISONED') return;
    const { key } = cell;
    const detail = `what the steps made of '${key}' does not fit its schema`;
    const isFault = cause.code === 'MIGRATION';
    const error = isFault ? cause : new DanjiError('MIGRATION', detail, { key, cause });
    cell.fault = { value, error };
    this.#store.mirror.touch(cell);
    this.#store.report(error);
    this.#store.settle();
  }
}
