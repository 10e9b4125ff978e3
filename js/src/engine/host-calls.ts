/**
 * The way into a server's core: one call at a time, bytes through its buffers. A core that stops
 * itself is never called again.
 */
import { ByteReader } from '../bytes.js';
import { DanjiError, errorCodes } from '../errors.js';
import type { HostExports } from './host-types.js';

export class HostCalls {
  readonly exports: HostExports;
  readonly #statusAt: number;
  readonly #reader = new ByteReader(new Uint8Array(0));
  #stopped: DanjiError | null = null;

  constructor(module: WebAssembly.Module) {
    const exports: unknown = new WebAssembly.Instance(module).exports;
    this.exports = exports as HostExports;
    this.exports._initialize();
    this.#statusAt = this.exports.danji_status();
  }

  get isStopped(): boolean {
    return this.#stopped !== null;
  }

  call<R>(call: (exports: HostExports) => R): R {
    if (this.#stopped !== null) throw this.#stopped;
    try {
      return call(this.exports);
    } catch (cause) {
      this.#stopped = new DanjiError('POISONED', "the server's core stopped", { cause });
      throw this.#stopped;
    }
  }

  /** The same for a call that answers with a code: throws unless that is 0. */
  check(call: (exports: HostExports) => number): void {
    const code = this.call(call);
    if (code === 0) return;
    this.exports.danji_detail();
    throw new DanjiError(errorCodes[code] ?? 'PROTOCOL', this.text());
  }

  status(place: number): number {
    return new Float64Array(this.exports.memory.buffer, this.#statusAt, 3)[place] ?? 0;
  }

  waits(what: number): boolean {
    return (this.status(1) & what) !== 0;
  }

  /** The length, as calls want it. */
  write(bytes: Uint8Array): number {
    const at = this.exports.danji_reserve(bytes.length);
    new Uint8Array(this.exports.memory.buffer, at, bytes.length).set(bytes);
    return bytes.length;
  }

  writeText(text: string): number {
    return this.write(new TextEncoder().encode(text));
  }

  bytes(): Uint8Array {
    const at = this.exports.danji_output();
    return new Uint8Array(this.exports.memory.buffer, at, this.exports.danji_outputLength());
  }

  output(): ByteReader {
    return this.#reader.read(this.bytes());
  }

  text(): string {
    return new TextDecoder().decode(this.bytes());
  }
}
