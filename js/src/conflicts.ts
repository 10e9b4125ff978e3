/**
 * Conflicts: the inbox of values that met under `user_resolve`. The core keeps the values; a
 * ticket is how a page sees them, and how a person's answer gets back.
 */
import { ByteWriter, type ByteReader } from './bytes.js';
import { WriteKind } from './bridge.js';
import { checkValue } from './check.js';
import { DanjiError } from './errors.js';
import type { Cell } from './cell.js';
import type { ConflictsView, ConflictTicket, StateEntry } from './strategy-types.js';
import type { Unsubscribe } from './types.js';
import { readValue, writeValue } from './wire-value.js';

/** One of the values: who wrote it, by the core's numbers. */
interface Choice {
  readonly session: Uint8Array;
  readonly sequence: number;
  readonly entry: StateEntry;
}

type Answer = Parameters<ConflictTicket['resolve']>[0];
/** Hands a batch of one write to the core. */
export type Submit = (cell: Cell, batch: ByteWriter, value: unknown) => Promise<unknown>;

export class Conflicts implements ConflictsView {
  readonly #submit: Submit;
  readonly #unit: () => number;
  readonly #guard: (call: () => void) => void;
  #listeners: readonly ((tickets: readonly ConflictTicket[]) => void)[] = [];
  #tickets: readonly ConflictTicket[] = [];

  /** `unit`: the author of answers. */
  constructor(submit: Submit, unit: () => number, guard: (call: () => void) => void) {
    this.#submit = submit;
    this.#unit = unit;
    this.#guard = guard;
  }

  list(): readonly ConflictTicket[] {
    return this.#tickets;
  }

  subscribe(listener: (tickets: readonly ConflictTicket[]) => void): Unsubscribe {
    this.#listeners = [...this.#listeners, listener];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** What the core says of a cell: its values to choose from, or none any more. */
  note(cell: Cell, choices: readonly Choice[]): void {
    const ticket = this.#ticket(cell, choices);
    const others = this.#tickets.filter((other) => other !== cell.conflict);
    this.#tickets = Object.freeze(ticket === null ? others : [...others, ticket]);
    cell.conflict = ticket;
  }

  tell(): void {
    const tickets = this.#tickets;
    for (const listener of this.#listeners) this.#guard(() => listener(tickets));
  }

  #ticket(cell: Cell, choices: readonly Choice[]): ConflictTicket | null {
    const [first, ...rest] = choices;
    if (first === undefined || rest.length === 0) return null;
    const current = first.entry;
    const incoming = Object.freeze(rest.map(({ entry }) => entry));
    return Object.freeze({
      id: choices.map(({ entry }) => entry.opId).join(' '),
      key: cell.key,
      space: cell.space.address,
      current,
      incoming,
      resolve: (choice: Answer) => this.#resolve(cell, choices, choice),
    });
  }

  async #resolve(cell: Cell, choices: readonly Choice[], answer: Answer): Promise<void> {
    const value = valueOf(answer, choices, cell.key);
    checkValue(value ?? null, cell.key);
    const batch = new ByteWriter();
    batch.varint(1);
    batch.varint(cell.slot);
    batch.varint(this.#unit());
    batch.u8(WriteKind.resolve);
    writeValue(batch, value);
    batch.varint(choices.length);
    for (const { session, sequence } of choices) {
      batch.raw(session);
      batch.varint(sequence);
    }
    await this.#submit(cell, batch, value);
  }
}

function valueOf(answer: Answer, choices: readonly Choice[], key: string): unknown {
  if (typeof answer === 'object' && answer !== null && 'custom' in answer) return answer.custom;
  let place = answer === 'current' ? 0 : choices.length - 1;
  if (typeof answer === 'object' && answer !== null) place = answer.incoming + 1;
  const choice = choices[place];
  if (choice !== undefined && (typeof answer === 'object' || isWord(answer))) {
    return choice.entry.value;
  }
  const detail = "an answer is 'current', 'incoming', { incoming: number } or { custom: value }";
  throw new DanjiError('INVALID_VALUE', detail, { key });
}

function isWord(answer: unknown): boolean {
  return answer === 'current' || answer === 'incoming';
}

/** The layout of `choice` in core/engine/engine.h. */
export function readChoices(
  items: ByteReader,
  cell: Cell | undefined,
  unitName: (unit: number) => string,
): Choice[] {
  const choices: Choice[] = [];
  for (let rest = items.u8(); rest > 0; rest--) {
    const session = items.raw(16).slice();
    const sequence = items.f64();
    const index = items.f64();
    const timestamp = items.f64();
    const unit = items.u32();
    const value = readValue(items);
    if (cell === undefined) continue;
    const { space } = cell;
    const hex = [...session].map((n) => n.toString(16).padStart(2, '0')).join('');
    const entry: StateEntry = Object.freeze({
      key: cell.key,
      value,
      version: { epoch: space.epoch, index },
      timestamp,
      unitId: unitName(unit),
      scope: cell.registration.definition.scope,
      space: space.address,
      opId: `${hex}/${space.address}#${sequence}`,
    });
    choices.push({ session, sequence, entry });
  }
  return choices;
}
