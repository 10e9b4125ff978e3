/**
 * Optimistic updates: a value that is shown at once, and written when its author's own `commit`
 * says that it is wanted.
 *
 * Until then the core holds it above what is confirmed, in this tab alone. Others' writes and
 * later ones of this tab go their way; when `commit` fails, the held value is dropped and no
 * other is written back.
 */
import { ByteWriter } from './bytes.js';
import { WriteKind } from './bridge.js';
import { checkValue } from './check.js';
import { DanjiError } from './errors.js';
import type { Commit } from './memory-types.js';
import type { Cell } from './cell.js';
import { heard, Receipt } from './receipts.js';
import type { Store } from './store.js';
import type { CommitReceipt } from './types.js';
import { writeValue } from './wire-value.js';

/** As the core counts them (core/engine/engine.h, `held`). */
const Step = { begin: 1, submit: 2, drop: 3 } as const;

interface Held {
  readonly id: number;
  readonly cell: Cell;
  readonly unit: number;
  readonly idempotencyKey: string;
  readonly abort: AbortController;
  /** For undoing. */
  readonly before: unknown;
  readonly fail: (error: DanjiError) => void;
}

export class Holds {
  readonly #store: Store;
  readonly #held = new Set<Held>();
  #count = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Shows what the updater makes and asks `commit`. Throws what is wrong with the write. */
  begin(cell: Cell, unit: number, updater: unknown, commit: Commit): Promise<CommitReceipt> {
    const store = this.#store;
    if (store.isInBatch) throw new DanjiError('BUSY', 'a batch waits for nobody: commit after it');
    if (typeof updater !== 'function' || typeof commit !== 'function') {
      throw new DanjiError('INVALID_VALUE', 'updater and commit are functions', { key: cell.key });
    }
    const value = store.writer.made(cell, unit, updater);
    store.beginTask();
    store.fillDeferred();
    const out = step(Step.begin, cell.slot);
    out.varint(unit);
    out.u8(WriteKind.set);
    writeValue(out, value);
    const id = store.bridge.hold(out, cell.key).varint();
    const before = cell.isSet ? cell.value : undefined;
    const idempotencyKey = `${store.session}.${++this.#count}`;
    const abort = new AbortController();
    return heard(
      new Promise((resolve, fail) => {
        const held: Held = { id, cell, unit, idempotencyKey, abort, before, fail };
        this.#held.add(held);
        store.mirror.assign(cell, value, true);
        store.settle();
        // Ended from outside, it has failed before; then nobody hears what else becomes of it.
        this.#run(held, value, commit).then(resolve, fail);
      }),
      store.report,
    );
  }

  async #run(held: Held, value: unknown, commit: Commit): Promise<CommitReceipt> {
    const { cell, abort, idempotencyKey } = held;
    let answer: unknown;
    try {
      answer = await commit(value, { idempotencyKey, signal: abort.signal });
    } catch (cause) {
      this.#drop(held);
      const detail = 'what was shown was not committed, and is not shown any more';
      const error = new DanjiError('COMMIT_FAILED', detail, { key: cell.key, cause });
      const writes = [{ key: cell.key, kind: 'set' as const, value }];
      this.#store.deadLetters.note(error, { opId: null, unit: held.unit, writes });
      throw error;
    }
    try {
      if (answer !== undefined) checkValue(answer, cell.key);
    } catch (error) {
      this.#drop(held);
      throw error;
    }
    return this.#submit(held, answer, value);
  }

  #submit(held: Held, answer: unknown, value: unknown): Promise<CommitReceipt> {
    const store = this.#store;
    const { cell, unit, before } = held;
    // Over, whatever the core says.
    if (!this.#held.delete(held)) throw new DanjiError('DISPOSED', 'it was ended meanwhile');
    store.beginTask();
    store.fillDeferred();
    const out = step(Step.submit, held.id);
    writeValue(out, answer);
    try {
      const op = store.bridge.hold(out, cell.key);
      op.varint();
      op.varint();
      const sequence = op.varint();
      const index = op.varint();
      const isCovered = op.u8() === 1;
      if (!isCovered) {
        const after = answer === undefined ? value : answer;
        store.undo.note(unit, [{ cell, before, after, sequence }]);
      }
      const receipt = new Receipt(cell.space, sequence, index, isCovered);
      if (index !== 0) return Promise.resolve(receipt);
      const decided = cell.space.waiting.wait(sequence);
      if (!isCovered) return decided;
      return decided.then(({ opId, version, applied }) => {
        return { opId, version, applied, superseded: true };
      });
    } finally {
      store.settle();
    }
  }

  #drop(held: Held): void {
    const store = this.#store;
    if (!this.#held.delete(held) || store.isOver) return;
    store.beginTask();
    store.fillDeferred();
    store.bridge.hold(step(Step.drop, held.id), held.cell.key);
    store.settle();
  }

  /** Ends what a unit waits for, or what everybody does: nobody would hear of it. */
  end(error: DanjiError, unit?: number): void {
    for (const held of [...this.#held]) {
      if (unit !== undefined && held.unit !== unit) continue;
      this.#drop(held);
      held.fail(error);
      held.abort.abort(error);
    }
  }
}

function step(kind: number, place: number): ByteWriter {
  const out = new ByteWriter();
  out.u8(kind);
  out.varint(place);
  return out;
}
