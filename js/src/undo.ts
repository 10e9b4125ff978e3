/**
 * Undo and redo: what each unit did to keys with a history, newest last, and writes that take it
 * back.
 *
 * Undoing is a write like any other, decided like any other. It never takes back what somebody
 * else did: a value that was written over is `CONFLICT`, and of a merge only the fields that are
 * still as this unit left them go back.
 */
import { DanjiError } from './errors.js';
import { isContainer, asArray, type Container } from './json.js';
import type { Cell } from './cell.js';
import { heard } from './receipts.js';
import { share } from './share.js';
import type { WriteOptions } from './staged-op.js';
import type { Store } from './store.js';
import { sumOf } from './strategy-options.js';
import type { CommitReceipt } from './types.js';

/** What one write did to one entry; `undefined`: unset. */
export interface Edit {
  readonly cell: Cell;
  readonly before: unknown;
  readonly after: unknown;
  /** The op's number in its space. */
  readonly sequence: number;
}

type Step = readonly Edit[];

/** What a write is about to do. */
export function editOf(cell: Cell, after: unknown, sequence: number): Edit {
  return { cell, before: cell.isSet ? cell.value : undefined, after, sequence };
}

interface Steps {
  readonly done: Step[];
  readonly undone: Step[];
  /** The last op of this unit that wrote an entry, undoing included. */
  readonly last: Map<Cell, number>;
}

type Direction = 'undo' | 'redo';

/** How many steps a unit can go back. */
const stepsMax = 100;

export class Undo {
  readonly #store: Store;
  readonly #units = new Map<number, Steps>();
  #isPlaying = false;

  constructor(store: Store) {
    this.#store = store;
  }

  /** A unit wrote these together. Whatever was undone before can't be redone. */
  note(unit: number, edits: Step): void {
    const kept = edits.filter(({ cell }) => cell.keepsHistory);
    if (kept.length === 0) return;
    const { done, undone, last } = this.#of(unit);
    for (const { cell, sequence } of kept) last.set(cell, sequence);
    if (this.#isPlaying) return;
    undone.length = 0;
    done.push(kept);
    if (done.length > stepsMax) done.shift();
  }

  /** The same for a batch that was committed, and is not shown yet. */
  noteBatch(cells: readonly Cell[]): void {
    if (!cells.some(({ keepsHistory }) => keepsHistory)) return;
    const edits = new Map<number, Edit[]>();
    for (const cell of cells) {
      if (!cell.keepsHistory || cell.stagedBy === null) continue;
      const { unit, sequence } = cell.stagedBy;
      const edit = editOf(cell, cell.staged, sequence);
      const together = edits.get(unit);
      if (together === undefined) edits.set(unit, [edit]);
      else together.push(edit);
    }
    for (const [unit, together] of edits) this.note(unit, together);
  }

  forget(unit: number): void {
    this.#units.delete(unit);
  }

  /** Null when there is nothing to go back to, or forth. */
  play(unit: number, direction: Direction): Promise<CommitReceipt> | null {
    const store = this.#store;
    store.checkOpen();
    if (store.isInBatch) throw new DanjiError('BUSY', `${direction} inside a batch`);
    const { done, undone } = this.#of(unit);
    const [from, to] = direction === 'undo' ? [done, undone] : [undone, done];
    const step = from.at(-1);
    if (step === undefined) return null;
    const receipts: Promise<CommitReceipt>[] = [];
    this.#isPlaying = true;
    try {
      store.batch(() => {
        for (const edit of step) receipts.push(this.#write(unit, edit, direction));
      });
    } catch (error) {
      if (!isLost(error)) throw error; // It did not fit, and may later.
      from.pop();
      void Promise.allSettled(receipts);
      return heard(Promise.reject(lost(step, direction, error)), store.report);
    } finally {
      this.#isPlaying = false;
    }
    from.pop();
    to.push(step);
    return heard(this.#decided(receipts, step, direction, to), store.report);
  }

  async #decided(
    receipts: readonly Promise<CommitReceipt>[],
    step: Step,
    direction: Direction,
    to: Step[],
  ): Promise<CommitReceipt> {
    try {
      const [first] = await Promise.all(receipts);
      return first as CommitReceipt;
    } catch (error) {
      const place = to.indexOf(step);
      if (place >= 0) to.splice(place, 1);
      throw isLost(error) ? lost(step, direction, error) : error;
    }
  }

  #write(unit: number, edit: Edit, direction: Direction): Promise<CommitReceipt> {
    const store = this.#store;
    const { cell, before, after } = edit;
    const { definition, defaultValue } = cell.registration;
    const [from, to] = direction === 'undo' ? [after, before] : [before, after];
    const now = cell.isSet ? store.read(cell) : undefined;
    const or = (value: unknown): unknown => (value === undefined ? defaultValue : value);
    const set = (value: unknown, options?: WriteOptions): Promise<CommitReceipt> => {
      return store.writer.stage(cell, unit, value, options);
    };
    switch (definition.conflictResolution ?? 'last_write_wins') {
      case 'last_write_wins':
        return set(to, { ifOwn: this.#of(unit).last.get(cell) ?? 0 });
      case 'sum': {
        const delta = (or(to) as number) - (or(from) as number);
        return set(sumOf(or(now), rounded(delta, definition.sum?.digits), definition));
      }
      case 'merge': {
        if (same(now, from)) return set(to);
        const isDeep = definition.merge?.depth === 'deep';
        const value = restored(or(now), { from: or(from), to: or(to) }, isDeep);
        if (value !== nothing) return set(value);
        break;
      }
      default:
        break;
    }
    throw new DanjiError('CONFLICT', 'it can not be taken back', { key: cell.key });
  }

  #of(unit: number): Steps {
    let steps = this.#units.get(unit);
    if (steps === undefined) {
      this.#units.set(unit, (steps = { done: [], undone: [], last: new Map() }));
    }
    return steps;
  }
}

function isLost(error: unknown): boolean {
  return error instanceof DanjiError && (error.code === 'STALE' || error.code === 'CONFLICT');
}

function lost(step: Step, direction: Direction, cause: unknown): DanjiError {
  const blamed = cause instanceof DanjiError ? cause.key : undefined;
  const other = direction === 'undo' ? 'after' : 'before';
  const overwritten = step.find(({ cell, [other]: left }) => {
    return !same(cell.isSet ? cell.value : undefined, left);
  });
  const key = blamed ?? (overwritten ?? step[0])?.cell.key;
  const detail = `somebody else wrote over it, or it can't be taken back: no ${direction}`;
  return new DanjiError('CONFLICT', detail, { key, cause });
}

function same(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || (one !== undefined && share(one, other) === one);
}

/** 0.1 + 0.2 has too many digits. */
function rounded(delta: number, digits = 0): number {
  return Number(delta.toFixed(digits));
}

const nothing = Symbol('nothing');

interface Change {
  readonly from: unknown;
  readonly to: unknown;
}

/** `now` with those fields gone back that are as the change left them. */
function restored(now: unknown, { from, to }: Change, isDeep: boolean): unknown {
  if (!isObject(now) || !isObject(from) || !isObject(to)) return same(now, from) ? to : nothing;
  const result: Record<string, unknown> = { ...now };
  let isFound = false;
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (same(from[name], to[name])) continue;
    let value: unknown = nothing;
    if (isDeep) value = restored(now[name], { from: from[name], to: to[name] }, true);
    else if (same(now[name], from[name])) value = to[name];
    if (value === nothing) continue;
    isFound = true;
    if (value === undefined) delete result[name];
    else result[name] = value;
  }
  return isFound ? result : nothing;
}

function isObject(value: unknown): value is Container {
  return isContainer(value) && asArray(value) === undefined;
}
