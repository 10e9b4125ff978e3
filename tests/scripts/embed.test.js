// The forms in which the core travels: as text inside a module, and as plain JavaScript.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { instantiate } from '../../dist/js/src/engine/plain.js';
import * as loader from '../../dist/js/src/engine/decode.js';
import * as embedded from '../../dist/js/src/engine/wasm-text.js';
import { checksumOf, wasmMask, wasmTextModule } from '../../scripts/lib/embed.mjs';
import { memoryPagesMax, plainModule } from '../../scripts/lib/plain.mjs';

const wasmFile = new URL('../../dist/core/danji.wasm', import.meta.url);

function bytesOf({ wasmText }) {
  return Uint8Array.from(wasmText, (character) => character.charCodeAt(0) ^ wasmMask);
}

test('the text in the default entry is the module, byte for byte', () => {
  const bytes = bytesOf(embedded);

  assert.deepEqual(Buffer.from(bytes), readFileSync(wasmFile));
  assert.equal(embedded.wasmLength, bytes.length);
  assert.equal(embedded.wasmChecksum, checksumOf(bytes));
});

test('the loader takes off the mask that the build puts on', () => {
  assert.equal(loader.wasmMask, wasmMask);
});

test('every byte survives the way through a module', async () => {
  const bytes = Uint8Array.from({ length: 512 }, (_, index) => index % 256);

  const text = encodeURIComponent(wasmTextModule(bytes));
  const module = await import(`data:text/javascript;charset=utf-8,${text}`);

  assert.deepEqual(bytesOf(module), bytes);
});

test('the checksum is FNV-1a with 32 bits', () => {
  assert.equal(checksumOf(Buffer.from('foobar')), 0xbf9cf968);
});

test('the module imports nothing', () => {
  const module = new WebAssembly.Module(readFileSync(wasmFile));

  assert.deepEqual(WebAssembly.Module.imports(module), []);
});

test('the plain core has the exports of the WebAssembly one', () => {
  const module = new WebAssembly.Module(readFileSync(wasmFile));
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);

  const plain = instantiate();

  assert.deepEqual(Object.keys(plain).sort(), names.sort());
});

test('every call of instantiate makes a core of its own', () => {
  const [one, other] = [instantiate(), instantiate()];

  new Uint8Array(one.memory.buffer)[1000] = 77;

  assert.notEqual(one.memory.buffer, other.memory.buffer);
  assert.equal(new Uint8Array(other.memory.buffer)[1000], 0);
});

test('the memory of the plain core grows, keeps its bytes and ends at its maximum', () => {
  const { memory } = instantiate();
  const before = memory.buffer.byteLength;
  new Uint8Array(memory.buffer)[before - 1] = 77;

  const refused = memory.grow(memoryPagesMax(readFileSync(wasmFile)));
  const oldPages = memory.grow(1);

  assert.equal(refused, -1);
  assert.equal(oldPages, before / 65536);
  assert.ok(memory.buffer.byteLength > before);
  assert.equal(new Uint8Array(memory.buffer)[before - 1], 77);
});

test('the plain core contains nothing that a strict policy forbids', () => {
  const plain = new URL('../../dist/js/src/engine/plain.js', import.meta.url);

  const forbidden = /\beval\b|new Function|\bfetch\(|WebAssembly|^import /m;

  assert.doesNotMatch(readFileSync(plain, 'utf8'), forbidden);
});

test('an output of wasm2js in an unknown shape is refused', () => {
  assert.throws(() => plainModule('export var memory = 1;', 16), /unknown shape/);
  assert.throws(() => plainModule('var retasmFunc = asmFunc({});', 16), /0 functions that grow/);
});
