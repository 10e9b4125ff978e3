// The entry points: the core inside, brought by the page, or as plain JavaScript.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeModule, wasmMask } from '../../dist/js/src/engine/decode.js';
import { wasmChecksum, wasmLength, wasmText } from '../../dist/js/src/engine/wasm-text.js';

const bytes = readFileSync(new URL('../../dist/core/danji.wasm', import.meta.url));
const slim = await import('danji/slim');

function isDanji(code) {
  return (error) => error instanceof slim.DanjiError && error.code === code;
}

/** Writes and reads one value through a manager of its own. */
async function assertWorks(danji, engine) {
  const manager = danji.createStateManager({ isolated: true, channel: false });
  assert.equal(manager.engine, engine);
  const cart = danji.defineState({ key: 'cart', scope: 'apartment', default: [] });
  const unit = manager.createUnitStateStore('cart');
  const { applied } = await unit.setState(cart, ['tea']);
  assert.equal(applied, 'acked');
  assert.deepEqual(manager.createSnapshot().entries.map(({ value }) => value), [['tea']]);
  await manager.close();
}

// The tests of this file build on one another: which engine is known is a matter of the module.

test('danji/slim without a core says so', () => {
  assert.throws(() => slim.createStateManager({ isolated: true }), isDanji('NO_ENGINE'));
});

test('danji/slim refuses bytes that are no core, and is as before', async () => {
  const otherModule = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
  const bad = [new Uint8Array(0), bytes.subarray(0, 1000), new TextEncoder().encode('<html>'),
    otherModule, new WebAssembly.Module(otherModule)];
  for (const source of bad) assert.throws(() => slim.loadCore(source), isDanji('INTEGRITY'));
  const page = new Response('<html>not found</html>', { status: 404 });
  await assert.rejects(slim.loadCore(page), isDanji('INTEGRITY'));
  assert.throws(() => slim.createStateManager({ isolated: true }), isDanji('NO_ENGINE'));
});

test('danji/slim takes the core as bytes, module, response or address', async () => {
  void slim.loadCore(bytes);
  await assertWorks(slim, 'wasm');
  void slim.loadCore(new WebAssembly.Module(bytes));
  await assertWorks(slim, 'wasm');
  await slim.loadCore(new Response(bytes));
  await assertWorks(slim, 'wasm');
  const address = `data:application/wasm;base64,${bytes.toString('base64')}`;
  await slim.loadCore(address);
  await slim.loadCore(new URL(address));
  await assertWorks(slim, 'wasm');
});

test('danji has the core inside', async () => {
  await assertWorks(await import('danji'), 'wasm');
});

test('danji/js is the same core without WebAssembly', async () => {
  const { WebAssembly } = globalThis;
  const plain = await import('danji/js');
  delete globalThis.WebAssembly;
  try {
    await assertWorks(plain, 'js');
  } finally {
    globalThis.WebAssembly = WebAssembly;
  }
});

test('the core inside is exactly the core beside it', () => {
  const exports = WebAssembly.Module.exports(decodeModule(wasmText, wasmLength, wasmChecksum));
  assert.deepEqual(exports, WebAssembly.Module.exports(new WebAssembly.Module(bytes)));
  const inside = Uint8Array.from(wasmText, (letter) => letter.charCodeAt(0) ^ wasmMask);
  assert.ok(bytes.equals(inside.subarray(0, wasmLength)));
});

test('a core inside that was changed on its way is refused by INTEGRITY', () => {
  const place = wasmText.length >> 1;
  const other = String.fromCharCode(wasmText.charCodeAt(place) ^ 1);
  const changed = wasmText.slice(0, place) + other + wasmText.slice(place + 1);
  for (const text of [changed, wasmText.slice(0, -1), `${wasmText}\u0000`, '']) {
    assert.throws(() => decodeModule(text, wasmLength, wasmChecksum), isDanji('INTEGRITY'));
  }
});

test('all entry points have the same names, but for loadCore', async () => {
  const [one, two] = await Promise.all([import('danji'), import('danji/js')]);
  const names = (module) => Object.keys(module).sort();
  assert.deepEqual(names(one), names(two));
  assert.deepEqual(names(slim), [...names(one), 'loadCore'].sort());
});
