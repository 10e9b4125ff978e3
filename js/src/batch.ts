/**
 * A batch: writes that are shown, and committed, together. Inside it readers see what was staged;
 * outside nothing has happened yet. Of several writes to one entry the last is committed, and
 * the promises of all of them get its receipt.
 */
import type { Bridge } from './bridge.js';
import { ByteWriter } from './bytes.js';
import { DanjiError } from './errors.js';
import type { Cell, SpaceView } from './mirror.js';
import { Receipt } from './receipts.js';
import type { CommitReceipt, SetStateOptions } from './types.js';
import { writeValue } from './wire-value.js';

interface Staged {
  readonly cell: Cell;
  unit: number;
  /** `undefined`: unset. */
  value: unknown;
  /** Of the record; 0 while undecided. */
  index: number;
  readonly promise: Promise<CommitReceipt>;
  /** Of writers who do not wait for the decision. */
  readonly shown: ((receipt: CommitReceipt) => void)[];
  readonly resolve: (receipt: CommitReceipt | Promise<CommitReceipt>) => void;
  readonly reject: (error: unknown) => void;
}

/** What became of the writes of one unit in one space. */
interface Committed {
  readonly index: number;
  readonly receipt: CommitReceipt;
  /** The receipt, once there is a decision. */
  readonly outcome: CommitReceipt | Promise<CommitReceipt>;
}

export class Batch {
  readonly #staged = new Map<Cell, Staged>();

  get isEmpty(): boolean {
    return this.#staged.size === 0;
  }

  cells(): readonly Cell[] {
    return [...this.#staged.keys()];
  }

  writes(): Iterable<Readonly<Staged>> {
    return this.#staged.values();
  }

  read(cell: Cell): unknown {
    const staged = this.#staged.get(cell);
    if (staged === undefined) return cell.value;
    return staged.value === undefined ? cell.registration.defaultValue : staged.value;
  }

  /** An inner batch: when it throws, its own writes are taken back, and no others. */
  within<R>(change: () => R): R {
    const before = new Map<Cell, Pick<Staged, 'unit' | 'value'>>();
    for (const [cell, { unit, value }] of this.#staged) before.set(cell, { unit, value });
    try {
      return change();
    } catch (error) {
      for (const [cell, staged] of this.#staged) {
        const saved = before.get(cell);
        if (saved !== undefined) {
          Object.assign(staged, saved);
        } else {
          this.#staged.delete(cell);
          staged.reject(error);
        }
      }
      throw error;
    }
  }

  stage(
    cell: Cell,
    unit: number,
    value: unknown,
    options?: SetStateOptions,
  ): Promise<CommitReceipt> {
    const staged = this.#staged.get(cell) ?? this.#first(cell, unit);
    staged.unit = unit;
    staged.value = value;
    if (options?.wait !== 'local') return staged.promise;
    const shown = new Promise<CommitReceipt>((resolve, reject) => {
      staged.shown.push(resolve);
      staged.promise.catch(reject);
    });
    shown.catch(() => {});
    return shown;
  }

  #first(cell: Cell, unit: number): Staged {
    let resolve: Staged['resolve'] = () => {};
    let reject: Staged['reject'] = () => {};
    const promise = new Promise<CommitReceipt>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    promise.catch(() => {}); // Whoever awaits it hears; whoever does not was told by the throw.
    const outcome = { index: 0, promise, shown: [], resolve, reject };
    const staged: Staged = { cell, unit, value: undefined, ...outcome };
    this.#staged.set(cell, staged);
    return staged;
  }

  /** Hands all of it to the core, which checks the whole before anything changes. */
  commit(bridge: Bridge, spaces: readonly SpaceView[], report: (error: DanjiError) => void): void {
    const out = new ByteWriter();
    out.varint(this.#staged.size);
    for (const { cell, unit, value } of this.#staged.values()) {
      out.varint(cell.slot);
      out.varint(unit);
      out.u8(value === undefined ? 2 : 1);
      if (value !== undefined) writeValue(out, value);
    }
    const ops = bridge.commit(out);
    // The core made one op for each space and unit, in order of first mention.
    const receipts = new Map<string, Committed>();
    const places = new Set([...this.#staged.values()].map(placeOf));
    ops.varint();
    for (const place of places) {
      const space = spaces[ops.varint()];
      const sequence = ops.varint();
      const index = ops.varint();
      if (space === undefined) throw new DanjiError('PROTOCOL', 'the core named an unknown space');
      const receipt = new Receipt(space, sequence, index);
      const outcome = index === 0 ? space.waiting.wait(sequence, report) : receipt;
      receipts.set(place, { index, receipt, outcome });
    }
    for (const staged of this.#staged.values()) {
      const committed = receipts.get(placeOf(staged));
      if (committed === undefined) continue;
      staged.index = committed.index;
      staged.resolve(committed.outcome);
      for (const show of staged.shown) show(committed.receipt);
    }
  }

  abandon(error: unknown): void {
    for (const staged of this.#staged.values()) staged.reject(error);
  }
}

function placeOf(staged: Staged): string {
  return `${staged.cell.space.id}/${staged.unit}`;
}
