// The WebAssembly module as a JavaScript module, so that the default entry starts synchronously
// and without any other file.
//
// One character per byte, U+0000 to U+00FF, in a string literal: base64 would cost more than a
// third after brotli.
//
//   byte n = wasmText.charCodeAt(n)
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

/** The bytes as the inside of a JavaScript string literal in double quotes. */
export function literalOf(bytes) {
  const characters = [];
  for (const byte of bytes) {
    characters.push(escapes.get(byte) ?? String.fromCharCode(byte));
  }
  return characters.join('');
}

/** The text of wasm-text.js. */
export function wasmTextModule(bytes) {
  return [
    '// Generated: the core as WebAssembly, one character per byte.',
    `export const wasmText = "${literalOf(bytes)}";`,
    `export const wasmLength = ${bytes.length};`,
    `export const wasmChecksum = ${checksumOf(bytes)};`,
    '',
  ].join('\n');
}
