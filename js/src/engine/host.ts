/**
 * A server's core as TypeScript sees it: one class over the exports of danji-host.wasm
 * (bindings/host). It has no sockets and no disk: whoever has calls it, and does what
 * core/server/host.h says in between.
 */
import { ByteReader, ByteWriter } from '../bytes.js';
import { definitionBytes, checkedDefault } from '../definition.js';
import { DanjiError, errorCodes, type ErrorCode } from '../errors.js';
import { randomIdentity } from '../load.js';
import type { StateDefinition } from '../types.js';
import {
  accessNumbers,
  type Access,
  type HostExports,
  type HostInspection,
  type LogRow,
  type Outgoing,
  type Question,
} from './host-types.js';
import { readTold, readToldRow, type ToldRow } from './told.js';

export class Host {
  readonly #exports: HostExports;
  readonly #statusAt: number;
  readonly #reader = new ByteReader(new Uint8Array(0));
  #stopped: DanjiError | null = null;

  /** `authenticates`: an op's author holds what its connection was given, not what it claims. */
  constructor(module: WebAssembly.Module, { authenticates }: { authenticates: boolean }) {
    const exports: unknown = new WebAssembly.Instance(module).exports;
    this.#exports = exports as HostExports;
    this.#exports._initialize();
    this.#statusAt = this.#exports.danji_status();
    const out = new ByteWriter();
    out.raw(randomIdentity());
    out.u8(authenticates ? 1 : 0);
    this.#write(out.view());
    this.#call(() => this.#exports.danji_create());
  }

  /** The core has stopped itself: nothing of it may be believed any more. */
  get isStopped(): boolean {
    return this.#stopped !== null;
  }
  get hasWanted(): boolean {
    return (this.#status(1) & 1) !== 0;
  }
  get hasNews(): boolean {
    return (this.#status(1) & 2) !== 0;
  }
  get hasFrames(): boolean {
    return (this.#status(1) & 4) !== 0;
  }
  get hasQuestions(): boolean {
    return (this.#status(1) & 8) !== 0;
  }
  /** Ops that arrived, in all. */
  get opsReceived(): number {
    return this.#status(2);
  }

  setClock(nowMillis: number): void {
    this.#call(() => this.#exports.danji_clock(nowMillis));
  }

  /** From now on only such keys are known. Throws what is wrong with the definition. */
  define(definition: StateDefinition): void {
    const bytes = definitionBytes({ definition, plane: 'server' }, checkedDefault(definition));
    const code = this.#call(() => this.#exports.danji_define(this.#write(bytes.view())));
    if (code !== 0) throw this.#error(code);
  }

  /** `grants`: a list with spaces between, or `*` for all. */
  connect(connection: number, grants: string, user: string): void {
    const out = new ByteWriter();
    out.text(grants);
    out.text(user);
    const code = this.#call(() =>
      this.#exports.danji_connect(connection, this.#write(out.view())),
    );
    if (code !== 0) throw this.#error(code);
  }

  disconnect(connection: number): void {
    this.#call(() => this.#exports.danji_disconnect(connection));
  }

  receive(connection: number, frame: Uint8Array): void {
    this.#call(() => this.#exports.danji_receive(connection, this.#write(frame)));
  }

  /** What connections ask for: answer each with `allow`, the space's log brought back before. */
  takeWanted(): { readonly connection: number; readonly address: string }[] {
    this.#call(() => this.#exports.danji_wanted());
    const out = this.#output();
    const read = () => ({ connection: out.u32(), address: out.text() });
    return Array.from({ length: out.varint() }, read);
  }

  allow(connection: number, address: string, access: Access): void {
    this.#call(() =>
      this.#exports.danji_allow(connection, accessNumbers[access], this.#writeText(address)),
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
    const code = this.#call(() => this.#exports.danji_load(this.#write(out.view())));
    if (code !== 0) throw this.#error(code);
    return this.#status(0);
  }

  /** From now on ops wait for a word: when they arrive, and in their turn. */
  askWords(permission: boolean, turn: boolean): void {
    this.#call(() => this.#exports.danji_words(permission ? 1 : 0, turn ? 1 : 0));
  }

  takeQuestions(): Question[] {
    this.#call(() => this.#exports.danji_questions());
    const out = this.#output();
    const questions: Question[] = [];
    for (let rest = out.varint(); rest > 0; rest--) {
      const [ticket, connection] = [out.u32(), out.u32()];
      questions.push({ ticket, connection, isTurn: out.u8() === 1, op: readTold(out) });
    }
    return questions;
  }

  /** `OK`, or the code that the op is refused with. */
  answer(ticket: number, code: ErrorCode): void {
    this.#call(() => this.#exports.danji_answer(ticket, errorCodes.indexOf(code)));
  }

  /** What a row of a space that is here says. */
  tell(address: string, row: Uint8Array): ToldRow {
    const out = new ByteWriter();
    out.text(address);
    out.raw(row);
    const code = this.#call(() => this.#exports.danji_tell(this.#write(out.view())));
    if (code !== 0) throw this.#error(code);
    return readToldRow(this.#output());
  }

  /** Right after `takeRows`: a row that takes the place of the space's rows up to its index. */
  condense(address: string): LogRow {
    this.#call(() => this.#exports.danji_condense(this.#writeText(address)));
    const index = this.#output().f64();
    return { address, index, bytes: this.#outputBytes().slice(8) as Uint8Array<ArrayBuffer> };
  }

  /** A full space takes only what makes it smaller. */
  setFull(address: string, isFull: boolean): void {
    this.#call(() => this.#exports.danji_full(isFull ? 1 : 0, this.#writeText(address)));
  }

  /** Spaces that nobody uses. */
  idle(): string[] {
    this.#call(() => this.#exports.danji_idle());
    const out = this.#output();
    return Array.from({ length: out.varint() }, () => out.text());
  }

  /** Lets go of a space whose rows are durable; `load` brings it back. False: somebody uses it. */
  unload(address: string): boolean {
    return this.#call(() => this.#exports.danji_unload(this.#writeText(address))) === 1;
  }

  /** To be made durable; then `written`, and then what `takeFrames` gives may leave. */
  takeRows(): LogRow[] {
    this.#call(() => this.#exports.danji_rows());
    const out = this.#output();
    const rows: LogRow[] = [];
    for (let rest = out.varint(); rest > 0; rest--) {
      const address = out.text();
      const index = out.f64();
      rows.push({ address, index, bytes: out.bytes(out.u32()).slice() });
    }
    return rows;
  }

  written(): void {
    this.#call(() => this.#exports.danji_written());
  }

  takeFrames(): Outgoing[] {
    this.#call(() => this.#exports.danji_frames());
    const out = this.#output();
    const frames: Outgoing[] = [];
    for (let rest = out.varint(); rest > 0; rest--) {
      const connection = out.u32();
      frames.push({ connection, bytes: out.bytes(out.u32()).slice() });
    }
    return frames;
  }

  inspect(): HostInspection {
    this.#call(() => this.#exports.danji_inspect());
    return JSON.parse(this.#text()) as HostInspection;
  }

  #call<R>(call: () => R): R {
    if (this.#stopped !== null) throw this.#stopped;
    try {
      return call();
    } catch (cause) {
      this.#stopped = new DanjiError('POISONED', "the server's core stopped", { cause });
      throw this.#stopped;
    }
  }

  #error(code: number): DanjiError {
    this.#exports.danji_detail();
    return new DanjiError(errorCodes[code] ?? 'PROTOCOL', this.#text());
  }

  #status(place: number): number {
    return new Float64Array(this.#exports.memory.buffer, this.#statusAt, 3)[place] ?? 0;
  }

  #writeText(text: string): number {
    return this.#write(new TextEncoder().encode(text));
  }

  #write(bytes: Uint8Array): number {
    const at = this.#exports.danji_reserve(bytes.length);
    new Uint8Array(this.#exports.memory.buffer, at, bytes.length).set(bytes);
    return bytes.length;
  }

  #outputBytes(): Uint8Array {
    const at = this.#exports.danji_output();
    return new Uint8Array(this.#exports.memory.buffer, at, this.#exports.danji_outputLength());
  }

  #output(): ByteReader {
    return this.#reader.read(this.#outputBytes());
  }

  #text(): string {
    return new TextDecoder().decode(this.#outputBytes());
  }
}
