/**
 * Values as the core writes them: a tag, then the number or the JSON text.
 *
 *   0 unset | 1 null | 2 false | 3 true | 4 integer zigzag | 5 double | 6 JSON text
 *
 * A number has one encoding: an integer up to 2^53 is never written as a double.
 */
import type { ByteReader, ByteWriter } from './bytes.js';
import { parseFrozen } from './share.js';

const integerMax = 2 ** 53;
const zigzagMax = 2 ** 52; // Doubling must stay exact.

/** What a value reads as: `undefined` stands for unset. */
export function readValue(bytes: ByteReader): unknown {
  switch (bytes.u8()) {
    case 1:
      return null;
    case 2:
      return false;
    case 3:
      return true;
    case 4:
      return readInteger(bytes);
    case 5:
      return bytes.f64();
    case 6:
      return parseFrozen(bytes.text());
    default:
      return undefined;
  }
}

export function writeValue(out: ByteWriter, value: unknown): void {
  if (value === undefined) return out.u8(0);
  if (value === null) return out.u8(1);
  if (typeof value === 'boolean') return out.u8(value ? 3 : 2);
  if (typeof value !== 'number') {
    out.u8(6);
    return out.text(JSON.stringify(value));
  }
  if (!Number.isInteger(value) || Math.abs(value) > integerMax) {
    out.u8(5);
    return out.f64(value);
  }
  out.u8(4);
  writeInteger(out, value);
}

function writeInteger(out: ByteWriter, value: number): void {
  if (Math.abs(value) < zigzagMax) return out.zigzag(value);
  let rest = BigInt(value);
  rest = rest >= 0n ? rest * 2n : -rest * 2n - 1n;
  for (; rest >= 0x80n; rest >>= 7n) out.u8(Number(rest & 0x7fn) | 0x80);
  out.u8(Number(rest));
}

function readInteger(bytes: ByteReader): number {
  let n = 0;
  let unit = 1;
  let isOdd = false;
  // The sign is the lowest bit: halving first keeps every step exact up to 2^53.
  for (let isFirst = true; ; isFirst = false) {
    const byte = bytes.u8();
    const digits = byte & 0x7f;
    if (isFirst) {
      isOdd = (digits & 1) === 1;
      n = digits >> 1;
      unit = 64;
    } else {
      n += digits * unit;
      unit *= 128;
    }
    if (byte < 0x80) return isOdd ? -n - 1 : n;
  }
}
