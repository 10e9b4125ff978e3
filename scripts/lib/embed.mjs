// The WebAssembly module as a JavaScript module, so that the default entry starts synchronously
// and without any other file.
//
// One character per byte, U+0000 to U+00FF, in a string literal: base64 would cost more than a
// third after brotli. Each byte is first combined with a mask, so that the characters which a
// literal must escape (and which bundlers like to, NUL before all) stand for rare bytes; this
// brings the cost over the bare bytes from a tenth down to a hundredth.
//
//   byte n = (wasmText.charCodeAt(n) ^ wasmMask)
//
// Modules are always read as UTF-8. The loader checks length and checksum before it compiles,
// because a bundler or proxy that re-encodes the file would otherwise garble the core silently.

/** The best of all 256 for the first core; any other gives a correct module too. */
export const wasmMask = 0;

/** FNV-1a with 32 bits over the unmasked bytes, as an unsigned number; the loader mirrors it. */
export function checksumOf(bytes) {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

const escapes = new Map([
  [0x00, '\\x00'],
  [0x0a, '\\n'],
  [0x0d, '\\r'],
  [0x22, '\\"'],
  [0x5c, '\\\\'],
]);

/** The bytes, masked, as the inside of a JavaScript string literal in double quotes. */
export function literalOf(bytes) {
  const characters = [];
  for (const byte of bytes) {
    const character = byte ^ wasmMask;
    characters.push(escapes.get(character) ?? String.fromCharCode(character));
  }
  return characters.join('');
}

/** The text of wasm-text.js. */
export function wasmTextModule(bytes) {
  return [
    '// Generated: the core as WebAssembly, one character per byte, masked.',
    `export const wasmMask = ${wasmMask};`,
    `export const wasmText = "${literalOf(bytes)}";`,
    `export const wasmLength = ${bytes.length};`,
    `export const wasmChecksum = ${checksumOf(bytes)};`,
    '',
  ].join('\n');
}
