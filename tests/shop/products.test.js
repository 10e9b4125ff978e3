// The assortment: written by a script, complete, and every picture drawn.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const shop = new URL('../../examples/shop/', import.meta.url);
const text = await readFile(new URL('products.json', shop), 'utf8');
const { categories, products } = JSON.parse(text);

test('products.json is what its script writes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shop-products-'));
  const file = join(folder, 'products.json');

  execFileSync(process.execPath, [
    fileURLToPath(new URL('scripts/make-products.mjs', shop)),
    file,
  ]);

  assert.equal(await readFile(file, 'utf8'), text);
  await rm(folder, { recursive: true });
});

test('there are at least 300 products, each with an id, a shelf and a price of its own', () => {
  const shelves = new Set(categories.map(({ id }) => id));

  assert.ok(products.length >= 300);
  assert.equal(new Set(products.map(({ id }) => id)).size, products.length);
  for (const { id, category, priceCents, stock } of products) {
    assert.match(id, /^[a-z][a-z0-9-]*$/);
    assert.ok(shelves.has(category), id);
    assert.ok(Number.isSafeInteger(priceCents) && priceCents > 0, id);
    assert.ok(Number.isSafeInteger(stock) && stock >= 0, id);
  }
});

test('every product has a drawing and colours', async () => {
  const artwork = await readFile(new URL('artwork.svg', shop), 'utf8');
  const styles = await readFile(new URL('shell.css', shop), 'utf8');

  for (const { id, motif, tone, category } of products) {
    assert.ok(artwork.includes(`<symbol id="${motif}"`), `${id}: ${motif}`);
    assert.ok(styles.includes(`.art[data-tone='${tone}']`), `${id}: ${tone}`);
    assert.ok(styles.includes(`.art[data-shelf='${category}']`), `${id}: ${category}`);
  }
});
