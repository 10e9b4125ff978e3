/**
 * Dead letters: writes that were refused while nobody listened, with what they said. So nothing
 * that somebody wrote is gone without a word.
 */
import type { ByteReader } from './bytes.js';
import type { DanjiError } from './errors.js';
import type { DeadLetter, DeadLettersView, RefusedWrite } from './memory-types.js';
import type { Cell } from './cell.js';
import type { Unsubscribe } from './types.js';
import { readValue } from './wire-value.js';

/** A write as far as it is known before it is refused. */
export interface Letter extends Pick<DeadLetter, 'opId' | 'writes'> {
  readonly unit: number;
}

const lettersMax = 100;

/** Kinds of changes (core/entry/change.h), as readers of a letter know them. */
const kinds: Readonly<Record<number, RefusedWrite['kind']>> = { 2: 'unset', 4: 'fields', 5: 'add' };

export class DeadLetters implements DeadLettersView {
  readonly #now: () => number;
  readonly #unitName: (unit: number) => string;
  readonly #guard: (call: () => void) => void;
  /** What was written, by the error that refused it. */
  readonly #written = new WeakMap<DanjiError, Letter>();
  #letters: readonly DeadLetter[] = [];
  #listeners: readonly ((letters: readonly DeadLetter[]) => void)[] = [];

  constructor(
    now: () => number,
    unitName: (unit: number) => string,
    guard: (call: () => void) => void,
  ) {
    this.#now = now;
    this.#unitName = unitName;
    this.#guard = guard;
  }

  note(error: DanjiError, letter: Letter): void {
    if (letter.writes.length > 0) this.#written.set(error, letter);
  }

  /** Nobody listens to this error. */
  keep(error: DanjiError): void {
    const letter = this.#written.get(error);
    if (letter === undefined) return;
    this.#written.delete(error);
    const { opId, unit, writes } = letter;
    const unitId = this.#unitName(unit);
    const entry = Object.freeze({ opId, unitId, writes, error, refusedAt: this.#now() });
    this.#change([...this.#letters, entry].slice(-lettersMax));
  }

  list(): readonly DeadLetter[] {
    return this.#letters;
  }

  discard(letter: DeadLetter): void {
    if (!this.#letters.includes(letter)) return;
    this.#change(this.#letters.filter((other) => other !== letter));
  }

  subscribe(listener: (letters: readonly DeadLetter[]) => void): Unsubscribe {
    const entry = (letters: readonly DeadLetter[]): void => listener(letters);
    this.#listeners = [...this.#listeners, entry];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    };
  }

  #change(letters: readonly DeadLetter[]): void {
    this.#letters = letters;
    for (const listener of this.#listeners) this.#guard(() => listener(letters));
  }
}

/** What a refused op wrote, to keys of this page. */
export function readWrites(items: ByteReader, cells: readonly Cell[]): RefusedWrite[] {
  const writes: RefusedWrite[] = [];
  for (let rest = items.u32(); rest > 0; rest--) {
    const cell = cells[items.u32()];
    const kind = items.u8();
    const value = readValue(items);
    if (cell === undefined || kind === 0) continue;
    const { key } = cell;
    const named = kinds[kind] ?? 'set';
    const digits = cell.registration.definition.sum?.digits ?? 0;
    const isAddition = named === 'add' && typeof value === 'number';
    writes.push({ key, kind: named, value: isAddition ? value / 10 ** digits : value });
  }
  return writes;
}
