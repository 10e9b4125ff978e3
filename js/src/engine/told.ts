/**
 * Ops as whoever keeps a server is told of them (core/server/told.h).
 */
import type { ByteReader } from '../bytes.js';
import { readValue } from '../wire-value.js';
import type { Version } from '../types.js';

/** What an op does to one key. */
export interface ServerWrite {
  readonly key: string;
  /**
   * `set`, `reset` (a snapshot is brought back) and `choose` (between values that met): `value`.
   * `unset`. `fields` of a merge: those in `value`, by JSON Pointer, undefined: taken away.
   * `add`: so much to a sum.
   */
  readonly kind: 'set' | 'unset' | 'fields' | 'add' | 'choose' | 'reset';
  readonly value: unknown;
  /** What the key has now, before the op; undefined: nothing. Of a sum: what was added so far. */
  readonly current: unknown;
}

/** One op: all of it is accepted, or nothing. */
export interface ServerOp {
  /** `session/room#number`: the same however often it arrives. */
  readonly opId: string;
  /** Such as `apartment:main`. */
  readonly room: string;
  /** As the page calls itself; who is behind it is the session's business. */
  readonly unitId: string;
  /** Whose session it is; empty in development mode. */
  readonly userId: string;
  readonly writes: readonly ServerWrite[];
}

/** A row of a log, for whoever reads it. */
export interface ToldRow {
  readonly version: Version;
  /** Null when it wrote nothing: a refusal, say. */
  readonly op: ServerOp | null;
}

/** By ChangeKind. */
const kinds: Readonly<Record<number, ServerWrite['kind']>> = {
  1: 'set', 2: 'unset', 3: 'set', 4: 'fields', 5: 'add', 6: 'choose', 7: 'reset', 8: 'fields',
};

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function readFields(in_: ByteReader): Record<string, unknown> | null {
  const count = in_.varint();
  if (count === 0) return null;
  const fields: Record<string, unknown> = {};
  for (let rest = count; rest > 0; rest--) {
    const path = in_.text();
    if (path === '') {
      fields[path] = readValue(in_);
    } else {
      const text = in_.text();
      fields[path] = text === '' ? undefined : JSON.parse(text);
    }
  }
  return fields;
}

function readWrite(in_: ByteReader): ServerWrite {
  const key = in_.text();
  const kind = kinds[in_.u8()] ?? 'set';
  const digits = in_.u8();
  const value = readValue(in_);
  const fields = readFields(in_);
  const current = readValue(in_);
  const amount = kind === 'add' && typeof value === 'number' ? value / 10 ** digits : value;
  return { key, kind, value: fields ?? amount, current };
}

export function readTold(in_: ByteReader): ServerOp {
  const address = in_.text();
  const session = hexOf(in_.bytes(16));
  const sequence = in_.f64();
  const unitId = in_.text();
  const userId = in_.text();
  const writes = Array.from({ length: in_.varint() }, () => readWrite(in_));
  const room = address.slice(address.indexOf('/') + 1);
  return { opId: `${session}/${address}#${sequence}`, room, unitId, userId, writes };
}

/** kind u8, index f64, epoch u64, [told] */
export function readToldRow(in_: ByteReader): ToldRow {
  const isOp = in_.u8() === 1;
  const index = in_.f64();
  const epoch = hexOf(Uint8Array.from(in_.bytes(8)).reverse());
  return { version: { epoch, index }, op: isOp ? readTold(in_) : null };
}
