/**
 * The bytes of a journal of rows. Numbers are little-endian.
 *
 *     journal := "danji rows 1\n" padded with zeros to 16 bytes, frame*
 *     frame   := "DJF1" length:u32 synced:u64 crc:u32 payload[length]
 *     payload := change*
 *     change  := 1 keyLength:u32 key valueLength:u32 value     put
 *              | 2 keyLength:u32 key                           remove
 *              | 3                                             forget every row
 *
 * A frame is one commit. `crc` is the CRC-32 of length, synced and payload. `synced` is how much
 * of the file was known to be on the medium when the frame was made. That tells a tail which a
 * power failure tore, and which nobody was promised, from damage to what was there for good.
 */
import { crc32 } from 'node:zlib';
import type { RowsCommit } from '../adapter-types.js';

export const header = Buffer.alloc(16);
header.write('danji rows 1\n');

const marker = Buffer.from('DJF1');
const headBytes = 20;

const kinds = { put: 1, remove: 2, clear: 3 } as const;

/** What one frame does, before anything else forgetting every row if it says so. */
export interface Frame extends RowsCommit {
  readonly clear?: boolean;
}

export function encodeFrame(frame: Frame, synced: number): Buffer {
  const { clear = false, put = [], remove = [] } = frame;
  const parts: Uint8Array[] = [Buffer.alloc(headBytes)];
  if (clear) parts.push(Buffer.of(kinds.clear));
  for (const [key, bytes] of put) parts.push(encodeKey(kinds.put, key), u32(bytes.length), bytes);
  for (const key of remove) parts.push(encodeKey(kinds.remove, key));
  const whole = Buffer.concat(parts);
  marker.copy(whole);
  whole.writeUInt32LE(whole.length - headBytes, 4);
  whole.writeBigUInt64LE(BigInt(synced), 8);
  whole.writeUInt32LE(checksumOf(whole), 16);
  return whole;
}

function encodeKey(kind: number, key: string): Buffer {
  const text = Buffer.from(key);
  return Buffer.concat([Buffer.of(kind), u32(text.length), text]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function checksumOf(frame: Buffer): number {
  return crc32(frame.subarray(headBytes), crc32(frame.subarray(4, 16)));
}

/** The frame that begins at `start` and what it says of itself, or null if there is none. */
function frameAt(journal: Buffer, start: number): { end: number; synced: number } | null {
  const body = start + headBytes;
  if (body > journal.length || !journal.subarray(start, start + 4).equals(marker)) return null;
  const end = body + journal.readUInt32LE(start + 4);
  if (end > journal.length) return null;
  const frame = journal.subarray(start, end);
  if (checksumOf(frame) !== frame.readUInt32LE(16)) return null;
  return { end, synced: Number(frame.readBigUInt64LE(8)) };
}

/**
 * Gives every whole frame to `take` and tells where the last of them ends. Null when it is no
 * journal of this version, or when something is damaged that was on the medium.
 */
export function readJournal(journal: Buffer, take: (frame: Frame) => void): number | null {
  if (!journal.subarray(0, header.length).equals(header)) return null;
  let start = header.length;
  for (let found = frameAt(journal, start); found !== null; found = frameAt(journal, start)) {
    const frame = decodePayload(journal.subarray(start + headBytes, found.end));
    if (frame === null) return null;
    take(frame);
    start = found.end;
  }
  return isPromised(journal, start) ? null : start;
}

/** Whether a frame behind `end` knows that what is at `end` was on the medium. */
function isPromised(journal: Buffer, end: number): boolean {
  for (let at = journal.indexOf(marker, end); at >= 0; at = journal.indexOf(marker, at + 1)) {
    const found = frameAt(journal, at);
    if (found !== null && found.synced > end) return true;
  }
  return false;
}

/** Null when a checksum is right and the content is not: no frame of this version. */
function decodePayload(payload: Buffer): Frame | null {
  const put: [string, Uint8Array][] = [];
  const remove: string[] = [];
  let clear = false;
  let at = 0;
  const takeBytes = (): Buffer | null => {
    if (at + 4 > payload.length) return null;
    const length = payload.readUInt32LE(at);
    const start = at + 4;
    at = start + length;
    return at <= payload.length ? payload.subarray(start, at) : null;
  };
  while (at < payload.length) {
    const kind = payload[at++];
    if (kind === kinds.clear) {
      clear = true;
      continue;
    }
    const key = takeBytes();
    const value = kind === kinds.put ? takeBytes() : undefined;
    if (key === null || value === null || (kind !== kinds.put && kind !== kinds.remove)) {
      return null;
    }
    // A copy, so that one row does not keep the whole journal in memory.
    if (value === undefined) remove.push(key.toString());
    else put.push([key.toString(), new Uint8Array(value)]);
  }
  return { clear, put, remove };
}
