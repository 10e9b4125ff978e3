/**
 * A batch: writes that are shown, and committed, together. Inside it readers see what was staged;
 * outside nothing has happened yet. Of several writes to one entry the last is committed.
 *
 * What is staged stands in the cells themselves, since a store has one open batch at most. Nothing
 * is made for a write but its place in a list: a batch may have a thousand of them.
 */
import { afterOwn, atVersion, hidden, WriteKind, type Bridge } from './bridge.js';
import { ByteWriter } from './bytes.js';
import { DanjiError, refusals } from './errors.js';
import type { Cell, SpaceView } from './cell.js';
import { Receipt } from './receipts.js';
import { StagedOp, type Committed, type WriteOptions } from './staged-op.js';
import type { CommitReceipt } from './types.js';
import { writeValue } from './wire-value.js';

/** How a write was before an inner batch changed it. */
interface Before {
  readonly cell: Cell;
  readonly op: StagedOp;
  readonly value: unknown;
  readonly stagedWith: WriteOptions | undefined;
}

/** It has no place. Being there always, it keeps the code that was made for its kind, too. */
const noOp = new StagedOp(-1, 0);
/** Units are numbered with 32 bits. */
const unitsMax = 2 ** 32;

/** Used again for the next batch, so that code made for its kind of object stays good. */
export class Batch {
  readonly #cells: Cell[] = [];
  /** Also of inner batches, so several may have one place. */
  readonly #ops: StagedOp[] = [];
  readonly #bytes = new ByteWriter();
  /** By place: the ops of the innermost open batch, and the one used last. */
  #open = new Map<number, StagedOp>();
  #latest = noOp;
  /** Places of ops that are not to be seen yet. */
  readonly #hidden = new Set<number>();
  /** Kept only inside an inner batch. */
  #befores: Before[] | null = null;

  /** A snapshot is brought back: what is staged is to stand exactly, whatever the strategy. */
  resets = false;

  get cells(): readonly Cell[] {
    return this.#cells;
  }

  stage(
    cell: Cell,
    unit: number,
    value: unknown,
    options?: WriteOptions,
  ): Promise<CommitReceipt> {
    const op = this.#opOf(cell.space, unit);
    const before = cell.stagedBy;
    if (before === null) {
      this.#cells.push(cell);
    } else {
      const { staged, stagedWith } = cell;
      this.#befores?.push({ cell, op: before, value: staged, stagedWith });
      if (before !== op) before.takenBy = op;
    }
    cell.stagedBy = op;
    cell.staged = value;
    cell.stagedWith = options;
    return op.promise(options);
  }

  #opOf(space: SpaceView, unit: number): StagedOp {
    const place = space.id * unitsMax + unit;
    if (this.#latest.place === place) return this.#latest;
    let op = this.#open.get(place);
    if (op === undefined) {
      op = new StagedOp(place, unit);
      this.#open.set(place, op);
      this.#ops.push(op);
    }
    this.#latest = op;
    return op;
  }

  /** An inner batch: when it throws, its own writes are taken back, and no others. */
  within<R>(change: () => R): R {
    const outer = { open: this.#open, befores: this.#befores };
    const count = { cells: this.#cells.length, ops: this.#ops.length };
    const befores: Before[] = [];
    this.#enter(new Map(), befores);
    try {
      const result = change();
      outer.befores?.push(...befores);
      return result;
    } catch (error) {
      for (const { cell, op, value, stagedWith } of befores.reverse()) {
        cell.stagedBy = op;
        cell.staged = value;
        cell.stagedWith = stagedWith;
      }
      for (const cell of this.#cells.splice(count.cells)) forget(cell);
      for (const op of this.#ops.splice(count.ops)) op.reject(error);
      throw error;
    } finally {
      this.#enter(outer.open, outer.befores);
    }
  }

  #enter(open: Map<number, StagedOp>, befores: Before[] | null): void {
    this.#open = open;
    this.#latest = noOp;
    this.#befores = befores;
  }

  /** Hands all of it to the core, which checks the whole before anything changes. */
  commit(bridge: Bridge, spaces: readonly SpaceView[]): void {
    const places = this.#write();
    const ops = bridge.commit(this.#bytes);
    const committed = new Map<number, Committed>();
    ops.varint();
    // The core made one op for each place, in order of first mention.
    for (const place of places) {
      const space = spaces[ops.varint()];
      const sequence = ops.varint();
      const index = ops.varint();
      if (space === undefined) throw new DanjiError('PROTOCOL', 'the core named an unknown space');
      const receipt = new Receipt(space, sequence, index);
      const isHidden = index === 0 && this.#hidden.has(place);
      committed.set(place, { space, sequence, index, isHidden, receipt });
    }
    this.#settle(committed);
  }

  #write(): Set<number> {
    const out = this.#bytes;
    const places = new Set<number>();
    let latest = noOp;
    out.clear();
    out.varint(this.#cells.length);
    for (const cell of this.#cells) {
      const { slot, stagedBy, staged } = cell;
      if (stagedBy === null) continue;
      out.varint(slot);
      out.varint(stagedBy.unit);
      const set = this.resets ? WriteKind.reset : WriteKind.set;
      const kind = staged === undefined ? WriteKind.unset : set;
      if (cell.stagedWith === undefined) out.u8(kind);
      else this.#writeConditions(cell, kind, stagedBy);
      if (staged !== undefined) writeValue(out, staged);
      if (stagedBy !== latest) places.add(stagedBy.place);
      latest = stagedBy;
    }
    return places;
  }

  #writeConditions({ key, space, stagedWith }: Cell, kind: number, op: StagedOp): void {
    const { ifVersion, ifOwn, optimistic } = stagedWith ?? {};
    // Indexes of two logs can't be compared.
    if (ifVersion && ifVersion.epoch !== space.epoch) {
      throw new DanjiError('STALE', refusals.STALE ?? '', { key });
    }
    // An op is seen as a whole, so one such write hides the others of its op.
    if (optimistic === false) this.#hidden.add(op.place);
    const isAt = ifVersion !== undefined ? atVersion : 0;
    const isAfter = ifOwn !== undefined ? afterOwn : 0;
    this.#bytes.u8(kind + isAt + isAfter + (optimistic === false ? hidden : 0));
    if (ifVersion !== undefined) this.#bytes.varint(ifVersion?.index ?? 0);
    if (ifOwn !== undefined) this.#bytes.varint(ifOwn);
  }

  /** An op of which nothing is left has become the one that overwrote it. */
  #settle(committed: ReadonlyMap<number, Committed>): void {
    for (const op of this.#ops) {
      let last: StagedOp | null = op;
      while (last !== null && !committed.has(last.place)) last = last.takenBy;
      const became = last === null ? undefined : committed.get(last.place);
      if (became !== undefined) op.settle(became);
    }
  }

  abandon(error: unknown): void {
    for (const op of this.#ops) op.reject(error);
  }

  /** Ready for the next one. */
  clear(): void {
    for (const cell of this.#cells) forget(cell);
    this.#cells.length = 0;
    this.#ops.length = 0;
    this.#open.clear();
    this.#hidden.clear();
    this.resets = false;
    this.#enter(this.#open, null);
  }
}

function forget(cell: Cell): void {
  cell.stagedBy = null;
  cell.staged = undefined;
  cell.stagedWith = undefined;
  cell.stagedReading = null;
}
