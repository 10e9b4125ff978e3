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
import type { CommitReceipt } from './types.js';
import { writeValue } from './wire-value.js';

interface Staged {
  readonly cell: Cell;
  unit: number;
  /** `undefined`: unset. */
  value: unknown;
  /** Of the record; 0 while undecided. */
  index: number;
  readonly promise: Promise<CommitReceipt>;
  readonly resolve: (receipt: CommitReceipt | Promise<CommitReceipt>) => void;
  readonly reject: (error: unknown) => void;
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

  stage(cell: Cell, unit: number, value: unknown): Promise<CommitReceipt> {
    const standing = this.#staged.get(cell);
    if (standing !== undefined) {
      standing.unit = unit;
      standing.value = value;
      return standing.promise;
    }
    let resolve: Staged['resolve'] = () => {};
    let reject: Staged['reject'] = () => {};
    const promise = new Promise<CommitReceipt>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    promise.catch(() => {}); // Whoever awaits it hears; whoever does not was told by the throw.
    this.#staged.set(cell, { cell, unit, value, index: 0, promise, resolve, reject });
    return promise;
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
    const receipts = new Map<string, { index: number; outcome: CommitReceipt | Promise<CommitReceipt> }>();
    const places = new Set([...this.#staged.values()].map(placeOf));
    ops.varint();
    for (const place of places) {
      const space = spaces[ops.varint()];
      const sequence = ops.varint();
      const index = ops.varint();
      if (space === undefined) throw new DanjiError('PROTOCOL', 'the core named an unknown space');
      const outcome =
        index === 0 ? space.waiting.wait(sequence, report) : new Receipt(space, sequence, index);
      receipts.set(place, { index, outcome });
    }
    for (const staged of this.#staged.values()) {
      const receipt = receipts.get(placeOf(staged));
      if (receipt === undefined) continue;
      staged.index = receipt.index;
      staged.resolve(receipt.outcome);
    }
  }

  abandon(error: unknown): void {
    for (const staged of this.#staged.values()) staged.reject(error);
  }
}

function placeOf(staged: Staged): string {
  return `${staged.cell.space.id}/${staged.unit}`;
}
