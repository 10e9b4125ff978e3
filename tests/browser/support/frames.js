// Frames as strangers make them: damaged ones, and whole ones that mean nothing.
// The envelope is core/wire/frame.h's: magic u32, major, minor, type, flags, length u32, body, crc.

const headerBytes = 12;
export const frameTypes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
export const partType = 11;

/** CRC-32C, bit by bit. */
function checksumOf(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0x82f63b78 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

/** A frame with a correct checksum around anything. */
export function sealed({ major = 1, type = 1, flags = 0, body = Buffer.alloc(0) }) {
  const header = Buffer.alloc(headerBytes);
  header.write('DNJ1', 'latin1');
  header[4] = major;
  header[6] = type;
  header[7] = flags;
  header.writeUInt32LE(body.length, 8);
  const whole = Buffer.concat([header, body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(checksumOf(whole));
  return Buffer.concat([whole, sum]);
}

export const typeOf = (frame) => frame[6];
export const bodyOf = (frame) => frame.subarray(headerBytes, frame.length - 4);

function randomBytes(random, length) {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

function flipped(frame, bit) {
  const damaged = Buffer.from(frame);
  damaged[bit >> 3] ^= 1 << (bit & 7);
  return damaged;
}

/** Damage to a genuine frame: cut off, with more behind it, one bit changed, another version. */
function damaged(frame, random) {
  const cuts = Array.from({ length: 8 }, () => frame.subarray(0, random.below(frame.length)));
  const bits = Array.from({ length: 40 }, () => flipped(frame, random.below(frame.length * 8)));
  const newer = sealed({ major: 2, type: typeOf(frame), body: bodyOf(frame) });
  const flagged = sealed({ flags: 1, type: typeOf(frame), body: bodyOf(frame) });
  return [...cuts, ...bits, Buffer.concat([frame, Buffer.from([0])]), newer, flagged];
}

/** Frames that must all be refused. */
export function hostileFrames(genuine, random) {
  const frames = genuine.flatMap((frame) => damaged(frame, random));
  for (let length = 0; length < 40; length++) frames.push(randomBytes(random, length));
  for (const type of [...frameTypes, 0, 12, 31, 32, 33, 255]) {
    // Too short for the sender that every message starts with.
    for (let length = 0; length < 16; length += 5) {
      frames.push(sealed({ type, body: randomBytes(random, length) }));
    }
  }
  // Larger than any frame, once as noise and once with everything right but the inside.
  frames.push(Buffer.alloc(2 * 1024 * 1024, 0xff));
  frames.push(sealed({ type: 8, body: Buffer.alloc(2 * 1024 * 1024, 0xff) }));
  return frames;
}
