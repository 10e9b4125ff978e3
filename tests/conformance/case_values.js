// What a case file says as JSON, as the bridge's own things: texts, values, bytes, filters.
import { ByteWriter } from '../../dist/js/src/bytes.js';
import { writeValue } from '../../dist/js/src/wire-value.js';

export const unset = 'unset';

/** The bytes of "text", { repeat: ["x", 513] }, the same in quotes, or { hex: "c328" }. */
export function textBytes(json) {
  if (typeof json === 'string') return new TextEncoder().encode(json);
  if ('hex' in json) return bytesOfHex(json.hex);
  const [part, count] = json.repeat ?? json.quoted;
  const text = part.repeat(count);
  return new TextEncoder().encode('quoted' in json ? JSON.stringify(text) : text);
}

export function textOf(json) {
  return new TextDecoder().decode(textBytes(json));
}

/** A number, a boolean, null, { text } or `unset`. */
export function valueOf(step) {
  if ('text' in step) return { text: textOf(step.text) };
  if (!('value' in step)) return unset;
  return step.value === 0 ? 0 : step.value;
}

export function encodeValueOf(out, step) {
  if (!('text' in step)) return writeValue(out, valueOf(step));
  const bytes = textBytes(step.text);
  out.u8(6);
  out.varint(bytes.length);
  return out.raw(bytes);
}

/** A value as the core writes it, with the text as text. */
export function decodeValue(items) {
  const tag = items.u8();
  if (tag === 4) return decodeInteger(items);
  if (tag === 5) return items.f64();
  if (tag === 6) return { text: items.text() };
  return [unset, null, false, true][tag];
}

function decodeInteger(items) {
  let n = 0n;
  for (let shift = 0n; ; shift += 7n) {
    const byte = items.u8();
    n |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  return Number((n & 1n) === 0n ? n >> 1n : -((n + 1n) >> 1n));
}

export function bytesOfHex(hex) {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function hexOf(bytes) {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** FNV-1a, 64 bits. */
export class Hash {
  #state = 0xcbf29ce484222325n;

  add(bytes) {
    for (const byte of bytes) {
      this.#state = BigInt.asUintN(64, (this.#state ^ BigInt(byte)) * 0x100000001b3n);
    }
    return this;
  }

  hex() {
    return this.#state.toString(16).padStart(16, '0');
  }
}

/** CRC-32C, bit by bit. */
export function crc32c(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** The envelope of core/wire/frame.h. */
export function sealFrame(type, body) {
  const frame = Buffer.alloc(12 + body.length + 4);
  frame.write('DNJ1', 'latin1');
  frame[4] = 1;
  frame[6] = type;
  frame.writeUInt32LE(body.length, 8);
  frame.set(body, 12);
  frame.writeUInt32LE(crc32c(frame.subarray(0, -4)), frame.length - 4);
  return new Uint8Array(frame);
}

export function filterOf({ addresses = [], keys = [] }) {
  const out = new ByteWriter();
  for (const list of [addresses, keys]) {
    out.varint(list.length);
    for (const text of list) {
      const bytes = textBytes(text);
      out.varint(bytes.length);
      out.raw(bytes);
    }
  }
  return out;
}
