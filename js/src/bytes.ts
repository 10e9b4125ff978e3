/**
 * Reading and writing the core's byte layouts: little-endian numbers, varints, texts with a
 * length in front. The core checks what it gets; what it gives is taken as it is.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Of so few characters a loop makes bytes faster than an encoder. */
export const shortText = 64;

/** False, and the bytes are not to be used, where a character is not ASCII. */
export function writeAscii(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return false;
    bytes[at + i] = unit;
  }
  return true;
}

/**
 * The same number. What comes out of an array of doubles is kept in a box of its own by every
 * object that has it, also where it is small: one more place in memory to wait for.
 */
export function unboxed(n: number): number {
  const integer = n | 0;
  return integer === n ? integer : n;
}

export class ByteReader {
  #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** Begins again with other bytes. */
  read(bytes: Uint8Array): this {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
    this.#at = 0;
    return this;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  f64(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  /** Exact up to 2^53. */
  raw(length: number): Uint8Array {
    const { buffer, byteOffset } = this.#view;
    this.#at += length;
    return new Uint8Array(buffer, byteOffset + this.#at - length, length);
  }

  varint(): number {
    let n = 0;
    let unit = 1;
    for (;;) {
      const byte = this.u8();
      n += (byte & 0x7f) * unit;
      if (byte < 0x80) return n;
      unit *= 128;
    }
  }

  zigzag(): number {
    const n = this.varint();
    return n % 2 === 0 ? n / 2 : -(n + 1) / 2;
  }

  text(): string {
    return decoder.decode(this.bytes(this.varint()));
  }

  bytes(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  u8(n: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = n;
  }

  u32(n: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, n, true);
    this.#length += 4;
  }

  f64(n: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, n, true);
    this.#length += 8;
  }

  /** A non-negative integer up to 2^53. */
  varint(n: number): void {
    let rest = n;
    while (rest >= 0x80) {
      this.u8((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.u8(rest);
  }

  zigzag(n: number): void {
    this.varint(n >= 0 ? n * 2 : -n * 2 - 1);
  }

  text(text: string): void {
    const { length } = text;
    if (length <= shortText) {
      this.#reserve(1 + length);
      if (writeAscii(this.#bytes, this.#length + 1, text)) {
        this.#bytes[this.#length] = length;
        this.#length += 1 + length;
        return;
      }
    }
    const bytes = encoder.encode(text);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
