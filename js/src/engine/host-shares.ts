/**
 * What several servers of the same logs say to the core of one of them (core/server/host.h).
 */
import { ByteWriter } from '../bytes.js';
import type { HostCalls } from './host-calls.js';
import type { Claim, Forward } from './host-types.js';

export class HostShares {
  readonly #calls: HostCalls;

  constructor(calls: HostCalls) {
    this.#calls = calls;
  }

  /** From now on a space is followed until it is led, and sessions are claimed. */
  begin(): void {
    this.#calls.call((core) => core.danji_share());
  }

  get hasForwards(): boolean {
    return this.#calls.waits(16);
  }
  get hasClaims(): boolean {
    return this.#calls.waits(32);
  }

  /** This server decides the space from now on; its log was loaded to the end. */
  lead(address: string): void {
    this.#calls.call((core) => core.danji_lead(this.#calls.writeText(address)));
  }

  /** The log has lost rows that somebody may have heard of: it goes on as another one. */
  renew(address: string): void {
    this.#calls.call((core) => core.danji_renew(this.#calls.writeText(address)));
  }

  /** Forgets a space. The connections that used it, which have to be sent away. */
  drop(address: string): number[] {
    this.#calls.call((core) => core.danji_drop(this.#calls.writeText(address)));
    const out = this.#calls.output();
    return Array.from({ length: out.varint() }, () => out.u32());
  }

  /** What connections pushed for spaces that are followed: once. */
  takeForwards(): Forward[] {
    this.#calls.call((core) => core.danji_forwards());
    const out = this.#calls.output();
    return Array.from({ length: out.varint() }, () => {
      const [connection, address] = [out.u32(), out.text()];
      return { connection, address, bytes: out.bytes(out.u32()).slice() };
    });
  }

  /** And once more. */
  forwardAgain(address: string): void {
    this.#calls.call((core) => core.danji_forwardAgain(this.#calls.writeText(address)));
  }

  /** What another server handed on, as if the connection had pushed it. Throws `MALFORMED`. */
  receiveForwarded(connection: number, bytes: Uint8Array): void {
    const calls = this.#calls;
    calls.check((core) => core.danji_receiveForwarded(connection, calls.write(bytes)));
  }

  /** Sessions that nobody here knows the users of; what they push waits for `own`. */
  takeClaims(): Claim[] {
    this.#calls.call((core) => core.danji_claims());
    const out = this.#calls.output();
    return Array.from({ length: out.varint() }, () => {
      return { session: out.bytes(16).slice(), user: out.text() };
    });
  }

  own(session: Uint8Array, user: string): void {
    const out = new ByteWriter();
    out.raw(session);
    out.text(user);
    this.#calls.call((core) => core.danji_own(this.#calls.write(out.view())));
  }

  /** What was claimed counts no more: the store may have forgotten it. */
  disownAll(): void {
    this.#calls.call((core) => core.danji_disownAll());
  }
}
