/**
 * The WebAssembly module out of the text it travels in: one character per byte, U+0000 to U+00FF,
 * masked so that what needs an escape in a literal is rare. A bundler or proxy that garbled the
 * text is noticed before anything is compiled.
 */
import { DanjiError } from '../errors.js';

/** As the build has it (scripts/lib/embed.mjs). */
export const wasmMask = 0x3f;

export function decodeModule(text: string, length: number, checksum: number): WebAssembly.Module {
  const bytes = new Uint8Array(text.length);
  // FNV-1a, 32 bits: against accidents, not against forgery.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i) ^ wasmMask;
    bytes[i] = byte;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  if (text.length !== length || hash >>> 0 !== checksum) {
    throw new DanjiError(
      'INTEGRITY',
      'the core inside this bundle was altered on its way; serve JavaScript files as UTF-8',
    );
  }
  return new WebAssembly.Module(bytes);
}
