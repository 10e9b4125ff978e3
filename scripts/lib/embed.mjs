// The WebAssembly module as a JavaScript module, so that the default entry starts synchronously
// and without any other file.
//
// One character per byte, U+0000 to U+00FF, in a string literal: base64 would cost more than a
// third after brotli.
//
//   byte n = wasmText.charCodeAt(n) ^ wasmMask
//
// Zeros, line ends, quotes and backslashes would need an escape; a tenth of all bytes are zeros.
// With the mask those characters stand for bytes that a module hardly has, so that the text is no
// larger than the module after brotli; without it is 8 % larger.
//
// Modules are always read as UTF-8. The loader checks length and checksum before it compiles,
// because a bundler or proxy that re-encodes the file would otherwise garble the core silently.

/** FNV-1a with 32 bits over the bytes, as an unsigned number; the loader mirrors it. */
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

/** The loader mirrors it. Chosen by trying all 256 on the core. */
export const wasmMask = 0x3f;

/** The bytes, masked, as the inside of a JavaScript string literal in double quotes. */
export function literalOf(bytes) {
  const characters = [];
  for (const byte of bytes) {
    const unit = byte ^ wasmMask;
    characters.push(escapes.get(unit) ?? String.fromCharCode(unit));
  }
  return characters.join('');
}

/** The text of wasm-text.js. */
export function wasmTextModule(bytes) {
  return [
    '// Generated: the core as WebAssembly, one character per byte, masked.',
    `export const wasmText = "${literalOf(bytes)}";`,
    `export const wasmLength = ${bytes.length};`,
    `export const wasmChecksum = ${checksumOf(bytes)};`,
    '',
  ].join('\n');
}
