/**
 * Watches messages that come in parts (core/wire/frame.h). A client sends one at a time, its parts
 * in order; so what lies in memory because of a connection has an end.
 *
 *   part := sender 16 bytes, message u32, place varint, count varint, bytes
 */
const magic = Buffer.from('DNJ1');
const bodyAt = 12;
const typeAt = 6;
const partType = 11;
const senderBytes = 16;
const placeAt = bodyAt + senderBytes + 4;

export class PartWatch {
  readonly #bytesMax: number;
  /** Of the message that is not whole yet. */
  #name: Buffer | null = null;
  #place = 0;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Whether a frame may be taken; what is no frame at all is the core's business. */
  allows(frame: Uint8Array): boolean {
    const isFrame = magic.equals(frame.subarray(0, magic.length));
    if (!isFrame || frame.length <= placeAt || frame[typeAt] !== partType) return true;
    const name = Buffer.from(frame.subarray(bodyAt, placeAt));
    const [place, next] = varintAt(frame, placeAt);
    const [count] = varintAt(frame, next);
    const goesOn = this.#name !== null && this.#name.equals(name) && place === this.#place + 1;
    const begins = this.#name === null && place === 0;
    if (!goesOn && !begins) return false;
    this.#bytes = (begins ? 0 : this.#bytes) + frame.length;
    if (this.#bytes > this.#bytesMax) return false;
    this.#place = place;
    this.#name = place + 1 >= count ? null : name;
    return true;
  }
}

/** The number, and where it ends. */
function varintAt(bytes: Uint8Array, at: number): [number, number] {
  let number = 0;
  let scale = 1;
  for (let next = at; next < bytes.length && next < at + 8; next++) {
    const byte = bytes[next] ?? 0;
    number += (byte & 127) * scale;
    if (byte < 128) return [number, next + 1];
    scale *= 128;
  }
  return [Infinity, bytes.length];
}
