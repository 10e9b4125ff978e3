/**
 * A server's core as TypeScript sees it: one class over the exports of danji-host.wasm
 * (bindings/host). It has no sockets and no disk: whoever has calls it, and does what
 * core/server/host.h says in between.
 */
import { ByteWriter } from '../bytes.js';
import { definitionBytes, checkedDefault } from '../definition.js';
import { errorCodes, type ErrorCode } from '../errors.js';
import { randomIdentity } from '../load.js';
import type { StateDefinition } from '../types.js';
import { HostCalls } from './host-calls.js';
import { HostShares } from './host-shares.js';
import {
  accessNumbers,
  type Access,
  type HostInspection,
  type LogRow,
  type Outgoing,
  type Question,
} from './host-types.js';
import { readTold, readToldRow, type ToldRow } from './told.js';

export class Host {
  /** For several servers of the same logs. */
  readonly shares: HostShares;
  readonly #calls: HostCalls;

  /** `authenticates`: an op's author holds what its connection was given, not what it claims. */
  constructor(module: WebAssembly.Module, { authenticates }: { authenticates: boolean }) {
    this.#calls = new HostCalls(module);
    this.shares = new HostShares(this.#calls);
    const out = new ByteWriter();
    out.raw(randomIdentity());
    out.u8(authenticates ? 1 : 0);
    this.#calls.write(out.view());
    this.#calls.call((core) => core.danji_create());
  }

  /** The core has stopped itself: nothing of it may be believed any more. */
  get isStopped(): boolean {
    return this.#calls.isStopped;
  }
  get hasWanted(): boolean {
    return this.#calls.waits(1);
  }
  get hasNews(): boolean {
    return this.#calls.waits(2);
  }
  get hasFrames(): boolean {
    return this.#calls.waits(4);
  }
  get hasQuestions(): boolean {
    return this.#calls.waits(8);
  }
  /** What a limit of writes counts, in all: ops, and what else is to be kept of what arrived. */
  get effort(): number {
    return this.#calls.status(2);
  }

  setClock(nowMillis: number): void {
    this.#calls.call((core) => core.danji_clock(nowMillis));
  }

  /** From now on only such keys are known. Throws what is wrong with the definition. */
  define(definition: StateDefinition): void {
    const bytes = definitionBytes({ definition, plane: 'server' }, checkedDefault(definition));
    this.#calls.check((core) => core.danji_define(this.#calls.write(bytes.view())));
  }

  /** `grants`: a list with spaces between, or `*` for all. */
  connect(connection: number, grants: string, user: string): void {
    const out = new ByteWriter();
    out.text(grants);
    out.text(user);
    this.#calls.check((core) => core.danji_connect(connection, this.#calls.write(out.view())));
  }

  disconnect(connection: number): void {
    this.#calls.call((core) => core.danji_disconnect(connection));
  }

  receive(connection: number, frame: Uint8Array): void {
    this.#calls.call((core) => core.danji_receive(connection, this.#calls.write(frame)));
  }

  /** What connections ask for: answer each with `allow`, the space's log brought back before. */
  takeWanted(): { readonly connection: number; readonly address: string }[] {
    this.#calls.call((core) => core.danji_wanted());
    const out = this.#calls.output();
    const read = () => ({ connection: out.u32(), address: out.text() });
    return Array.from({ length: out.varint() }, read);
  }

  allow(connection: number, address: string, access: Access): void {
    this.#calls.call((core) =>
      core.danji_allow(connection, accessNumbers[access], this.#calls.writeText(address)),
    );
  }

  /** The next rows of a space's log. How many are whole; those behind must be cut off. */
  load(address: string, rows: readonly Uint8Array[]): number {
    const out = new ByteWriter();
    out.text(address);
    for (const row of rows) {
      out.u32(row.length);
      out.raw(row);
    }
    this.#calls.check((core) => core.danji_load(this.#calls.write(out.view())));
    return this.#calls.status(0);
  }

  /** From now on ops wait for a word: when they arrive, and in their turn. */
  askWords(permission: boolean, turn: boolean): void {
    this.#calls.call((core) => core.danji_words(permission ? 1 : 0, turn ? 1 : 0));
  }

  takeQuestions(): Question[] {
    this.#calls.call((core) => core.danji_questions());
    const out = this.#calls.output();
    const questions: Question[] = [];
    for (let rest = out.varint(); rest > 0; rest--) {
      const [ticket, connection] = [out.u32(), out.u32()];
      questions.push({ ticket, connection, isTurn: out.u8() === 1, op: readTold(out) });
    }
    return questions;
  }

  /** `OK`, or the code that the op is refused with. */
  answer(ticket: number, code: ErrorCode): void {
    this.#calls.call((core) => core.danji_answer(ticket, errorCodes.indexOf(code)));
  }

  /** What a row of a space that is here says. */
  tell(address: string, row: Uint8Array): ToldRow {
    const out = new ByteWriter();
    out.text(address);
    out.raw(row);
    this.#calls.check((core) => core.danji_tell(this.#calls.write(out.view())));
    return readToldRow(this.#calls.output());
  }

  /** Right after `takeRows`: a row that takes the place of the space's rows up to its index. */
  condense(address: string): LogRow {
    this.#calls.call((core) => core.danji_condense(this.#calls.writeText(address)));
    const index = this.#calls.output().f64();
    return { address, index, bytes: this.#calls.bytes().slice(8) as Uint8Array<ArrayBuffer> };
  }

  /** A full space takes only what makes it smaller. */
  setFull(address: string, isFull: boolean): void {
    this.#calls.call((core) => core.danji_full(isFull ? 1 : 0, this.#calls.writeText(address)));
  }

  /** Spaces that nobody uses. */
  idle(): string[] {
    this.#calls.call((core) => core.danji_idle());
    const out = this.#calls.output();
    return Array.from({ length: out.varint() }, () => out.text());
  }

  /** Lets go of a space whose rows are durable; `load` brings it back. False: somebody uses it. */
  unload(address: string): boolean {
    return this.#calls.call((core) => core.danji_unload(this.#calls.writeText(address))) === 1;
  }

  /** To be made durable; then `written`, and then what `takeFrames` gives may leave. */
  takeRows(): LogRow[] {
    this.#calls.call((core) => core.danji_rows());
    const out = this.#calls.output();
    const rows: LogRow[] = [];
    for (let rest = out.varint(); rest > 0; rest--) {
      const address = out.text();
      const index = out.f64();
      rows.push({ address, index, bytes: out.bytes(out.u32()).slice() });
    }
    return rows;
  }

  written(): void {
    this.#calls.call((core) => core.danji_written());
  }

  takeFrames(): Outgoing[] {
    this.#calls.call((core) => core.danji_frames());
    const out = this.#calls.output();
    const frames: Outgoing[] = [];
    for (let rest = out.varint(); rest > 0; rest--) {
      const connection = out.u32();
      frames.push({ connection, bytes: out.bytes(out.u32()).slice() });
    }
    return frames;
  }

  inspect(): HostInspection {
    this.#calls.call((core) => core.danji_inspect());
    return JSON.parse(this.#calls.text()) as HostInspection;
  }
}
