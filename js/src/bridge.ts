/**
 * The core as TypeScript sees it: one class over its exports, nothing of the domain.
 *
 * Calls go into the core only. Views into its memory are made anew when it has grown. When the
 * core stops itself (a broken invariant, memory at its end) the instance is poisoned: every
 * later call throws `POISONED`, and nothing it might have damaged is ever read again.
 */
import { ByteReader, ByteWriter, shortText, unboxed, writeAscii } from './bytes.js';
import { DanjiError, errorCodes, type ErrorCode } from './errors.js';
import type { CoreExports } from './load.js';
import { mismatchError } from './schema.js';
import type { StoredRow } from './storage/adapter-types.js';
import { readStorageWants, rowsBytes, type StorageWants } from './storage-wire.js';

/** What happened to this tab; the numbers are bindings/control_surface.cpp's. */
export const Signal = {
  join: 0,
  lockGranted: 1,
  lockLost: 2,
  tick: 3,
  suspend: 4,
  resume: 5,
  leave: 6,
  visible: 7,
  hidden: 8,
} as const;

/** What became of the connection to the server. */
export const UplinkSignal = { connected: 0, disconnected: 1, tick: 2 } as const;

/** What the core wants of the lock manager; a set of bits. */
export const Wish = { requestLock: 1, stealLock: 2, releaseLock: 4, querySessions: 8 } as const;

/** What waits after a call; a set of bits. */
export const Waits = { changes: 1, frames: 2, wishes: 4, storage: 8 } as const;

export const Kind = { unset: 0, null: 1, false: 2, true: 3, text: 6, deferred: 7 } as const;

/** How a batch spells a write (core/engine/engine.h). */
export const WriteKind = { set: 1, unset: 2, add: 3, resolve: 4, reset: 5 } as const;
/** Added to a kind: only at the version that follows. */
export const atVersion = 16;
/** Added to a kind: its op shows nothing before it is decided. */
export const hidden = 32;
/** Added to a kind: only where the own op of the number that follows wrote last. */
export const afterOwn = 64;

/** Not an error: the value's text is wanted at once. */
export const needsText = 255;
/** Added to a hot call's code when memory has grown and views of it are void. */
const grew = 256;

/** What the server is to be told, and how the conversation with it stands. */
export interface UplinkNews {
  readonly frames: readonly Uint8Array<ArrayBuffer>[];
  /** This tab speaks for the device, and some key lives at the server. */
  readonly isWanted: boolean;
  /** The server has answered. */
  readonly isOnline: boolean;
  /** When the next tick is due; Infinity: never. */
  readonly deadline: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class Bridge {
  readonly #exports: CoreExports;
  readonly #statusAt: number;
  // Taken once: an exports object is slow to ask and can't be changed when the core dies.
  #setNumber: CoreExports['danji_setNumber'];
  #set: CoreExports['danji_set'];
  #memory: Uint8Array;
  #status: Float64Array;
  /** One for all answers: each is read before the next call. */
  readonly #reader = new ByteReader(new Uint8Array(0));
  #inputAt = 0;
  #inputLength = 0;
  #poison: DanjiError | null = null;
  /** Called once, when the core has stopped. */
  onStopped: (error: DanjiError) => void = () => {};

  constructor(exports: CoreExports, identity: Uint8Array, keepsJournal: boolean) {
    this.#exports = exports;
    this.#setNumber = exports.danji_setNumber;
    this.#set = exports.danji_set;
    this.#memory = new Uint8Array(exports.memory.buffer);
    this.#statusAt = exports.danji_status();
    this.#status = new Float64Array(exports.memory.buffer, this.#statusAt, 4);
    this.#write(identity);
    this.#call(() => this.#exports.danji_create(keepsJournal ? 1 : 0));
  }

  /** Index of the record that the last write became; 0 while it is undecided. */
  get index(): number {
    return unboxed(this.#status[0] as number);
  }
  /** The last op's number in its space. */
  get sequence(): number {
    return unboxed(this.#status[1] as number);
  }
  get waits(): number {
    return unboxed(this.#status[2] as number);
  }
  /** When `tick` is due; Infinity: never. */
  get deadline(): number {
    return this.#status[3] as number;
  }

  get isStopped(): boolean {
    return this.#poison !== null;
  }

  setClock(nowMillis: number): void {
    if (this.#poison === null) this.#exports.danji_clock(nowMillis);
  }

  /** An error code's number, or `needsText`. */
  setNumber(slot: number, unit: number, value: number): number {
    try {
      const code = this.#setNumber(slot, unit, value);
      return code < grew ? code : this.#grown(code);
    } catch (error) {
      throw this.#poisonedBy(error);
    }
  }

  set(slot: number, unit: number, kind: number, text = ''): number {
    try {
      const code = this.#set(slot, unit, kind, text === '' ? 0 : this.#writeText(text));
      return code < grew ? code : this.#grown(code);
    } catch (error) {
      throw this.#poisonedBy(error);
    }
  }

  fill(slot: number, text: string): void {
    this.#call(() => this.#exports.danji_fill(slot, this.#writeText(text)));
  }

  /** Gives the core's answer: which op each space got. */
  commit(batch: ByteWriter): ByteReader {
    this.#check(() => this.#exports.danji_commit(this.#write(batch.view())));
    return this.#output();
  }

  /** A write that gets its number later (core/engine/engine.h, `held`). */
  hold(held: ByteWriter, key: string): ByteReader {
    this.#check(() => this.#exports.danji_hold(this.#write(held.view())), key);
    return this.#output();
  }

  /** `history`: so many versions of each entry are kept. */
  define(definition: ByteWriter, key: string, history = 0): number {
    const { danji_define: define } = this.#exports;
    this.#check(() => define(this.#write(definition.view()), history), key);
    return this.index;
  }

  open(definition: number, address: string, key: string): { slot: number; space: number } {
    this.#check(() => this.#exports.danji_open(definition, this.#writeText(address)), key);
    return { slot: this.index, space: this.sequence };
  }

  /** `grants`: what it may call itself from now on; `*`: anything. */
  unit(name: string, grants?: string): number {
    const out = new ByteWriter();
    out.text(name);
    if (grants !== undefined) out.text(grants);
    this.#check(() => this.#exports.danji_unit(this.#write(out.view())));
    return this.index;
  }

  unitName(unit: number): string {
    this.#call(() => this.#exports.danji_unitName(unit));
    return this.#outputText();
  }

  /** The items of core/engine/engine_drain.cpp's `drained`. Read it before the next call. */
  drain(): ByteReader {
    this.#call(() => this.#exports.danji_drain());
    return this.#output();
  }

  flush(): Uint8Array[] {
    this.#call(() => this.#exports.danji_flush());
    return this.#frames();
  }

  /** What the server is to be told, and how the conversation stands. */
  flushUplink(): UplinkNews {
    this.#call(() => this.#exports.danji_uplinkFlush());
    const [bits = 0, deadline = Infinity] = this.#status;
    const frames = this.#frames();
    return { frames, isWanted: (bits & 1) !== 0, isOnline: (bits & 2) !== 0, deadline };
  }

  uplink(signal: number): void {
    this.#call(() => this.#exports.danji_uplink(signal));
  }

  receiveUplink(frame: Uint8Array): void {
    this.#call(() => this.#exports.danji_uplinkReceive(this.#write(frame)));
  }

  /** There is a disk. Before any key is opened. */
  storageBegin(): void {
    this.#call(() => this.#exports.danji_storageBegin());
  }

  /** What is to be read and written now. */
  storageWants(): StorageWants {
    this.#call(() => this.#exports.danji_storageWants());
    return readStorageWants(this.#output());
  }

  /** Answers a reading; with a code, why it failed. */
  rowsRead(code: number, rows: readonly StoredRow[]): void {
    const out = rowsBytes(rows);
    this.#call(() => this.#exports.danji_rowsRead(code, this.#write(out.view())));
  }

  /** Answers a commit. */
  committed(code: number): void {
    this.#call(() => this.#exports.danji_committed(code));
  }

  receive(frame: Uint8Array): void {
    this.#call(() => this.#exports.danji_receive(this.#write(frame)));
  }

  signal(signal: number): void {
    this.#call(() => this.#exports.danji_signal(signal));
  }

  sessionsFound(sessions: Uint8Array): void {
    this.#call(() => this.#exports.danji_sessions(this.#write(sessions)));
  }

  takeWishes(): number {
    return this.#call(() => this.#exports.danji_wishes());
  }

  emit(event: ByteWriter): void {
    this.#check(() => this.#exports.danji_emit(this.#write(event.view())));
  }

  snapshot(filter: ByteWriter): Uint8Array {
    this.#check(() => this.#exports.danji_snapshot(this.#write(filter.view())));
    return this.#outputBytes().slice();
  }

  entries(filter: ByteWriter): ByteReader {
    this.#check(() => this.#exports.danji_entries(this.#write(filter.view())));
    return this.#output();
  }

  /** The versions of an entry that are kept; oldest first. */
  history(slot: number): ByteReader {
    this.#call(() => this.#exports.danji_history(slot));
    return this.#output();
  }

  /** What a snapshot has under lower schema versions than this page knows. */
  outdated(snapshot: Uint8Array): ByteReader {
    this.#check(() => this.#exports.danji_outdated(this.#write(snapshot)));
    return this.#output();
  }

  restore(
    snapshot: Uint8Array,
    replaces: boolean,
    unit: number,
    renewed: Uint8Array = new Uint8Array(0),
  ): ByteReader {
    const { length } = snapshot;
    this.#check(() => {
      this.#reserve(length + renewed.length);
      this.#memory.set(snapshot, this.#inputAt);
      this.#memory.set(renewed, this.#inputAt + length);
      return this.#exports.danji_restore(length, renewed.length, replaces ? 1 : 0, unit);
    });
    return this.#output();
  }

  /** The undecided ops of shared spaces (core/engine/engine.h, `outbox`). */
  outbox(): ByteReader {
    this.#call(() => this.#exports.danji_outbox());
    return this.#output();
  }

  withdraw(op: ByteWriter): void {
    this.#check(() => this.#exports.danji_withdraw(this.#write(op.view())));
  }

  inspect(): string {
    this.#call(() => this.#exports.danji_inspect());
    return this.#outputText();
  }

  digest(space: number): string {
    this.#call(() => this.#exports.danji_digest(space));
    return this.#outputText();
  }

  journal(): Uint8Array {
    this.#call(() => this.#exports.danji_journal());
    return this.#outputBytes().slice();
  }

  /** The error for a code's number, with what the core says about it. */
  error(code: number, key?: string): DanjiError {
    this.#exports.danji_detail();
    const name: ErrorCode = errorCodes[code] ?? 'PROTOCOL';
    if (name === 'VALIDATION') return mismatchError(this.#outputText());
    return new DanjiError(name, this.#outputText() || 'refused by the core', { key });
  }

  #check(call: () => number, key?: string): void {
    const code = this.#call(call);
    if (code !== 0) throw this.error(code, key);
  }

  #call<R>(call: () => R): R {
    if (this.#poison !== null) throw this.#poison;
    try {
      const result = call();
      this.#renewViews();
      return result;
    } catch (error) {
      throw this.#poisonedBy(error);
    }
  }

  #grown(code: number): number {
    this.#renewViews();
    return code - grew;
  }

  #poisonedBy(cause: unknown): DanjiError {
    if (this.#poison !== null) return this.#poison;
    const detail = 'the core stopped; what was not yet told to others is lost, reload the page';
    this.#poison = new DanjiError('POISONED', detail, { cause });
    // The hot calls don't ask whether the instance is poisoned: from now on they run into this.
    this.#setNumber = this.#set = () => {
      throw cause;
    };
    this.onStopped(this.#poison);
    return this.#poison;
  }

  /** Views die when memory grows. */
  #renewViews(): void {
    if (this.#memory.buffer === this.#exports.memory.buffer) return;
    this.#memory = new Uint8Array(this.#exports.memory.buffer);
    this.#status = new Float64Array(this.#exports.memory.buffer, this.#statusAt, 4);
  }

  #reserve(length: number): void {
    if (length <= this.#inputLength) return;
    this.#inputLength = Math.max(length, 1024);
    this.#inputAt = this.#exports.danji_reserve(this.#inputLength);
    this.#renewViews();
  }

  #write(bytes: Uint8Array): number {
    this.#reserve(bytes.length);
    this.#memory.set(bytes, this.#inputAt);
    return bytes.length;
  }

  #writeText(text: string): number {
    this.#reserve(text.length * 3);
    const { length } = text;
    if (length <= shortText && writeAscii(this.#memory, this.#inputAt, text)) return length;
    const end = this.#inputAt + text.length * 3;
    return encoder.encodeInto(text, this.#memory.subarray(this.#inputAt, end)).written;
  }

  #outputBytes(): Uint8Array {
    const at = this.#exports.danji_output();
    return this.#memory.subarray(at, at + this.#exports.danji_outputLength());
  }

  #output(): ByteReader {
    return this.#reader.read(this.#outputBytes());
  }

  #frames(): Uint8Array<ArrayBuffer>[] {
    const out = this.#output();
    const frames: Uint8Array<ArrayBuffer>[] = [];
    for (let rest = out.varint(); rest > 0; rest--) frames.push(out.bytes(out.u32()).slice());
    return frames;
  }

  #outputText(): string {
    return decoder.decode(this.#outputBytes());
  }
}
