// Writes products.json: the market's assortment, the same bytes on every machine.
//
//   node examples/shop/scripts/make-products.mjs [other file]
//
// Names and colours are written by hand in assortment/. Prices, ratings and stock come from a
// seeded generator, drawn per product from its own id, so adding a product moves no other.

import { writeFileSync } from 'node:fs';
import { bakery, fruit, vegetables } from './assortment/fresh.mjs';
import { kitchen, pantry, tea } from './assortment/cupboard.mjs';
import { home, plants, play, stationery } from './assortment/household.mjs';

const seed = 2024;
const categories = [
  fruit, vegetables, bakery, pantry, tea, kitchen, home, plants, stationery, play,
];

/** `Honeyed citron tea` becomes `honeyed-citron-tea`. */
function slug(name) {
  return name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Numbers from 0 up to 1 that depend on the text alone (FNV-1a, then mulberry32). */
function randomFrom(text) {
  let state = 0x811c9dc5 ^ seed;
  for (const byte of new TextEncoder().encode(text)) {
    state = Math.imul(state ^ byte, 0x01000193);
  }
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Prices end as prices do: in 0, 5 or 9, and above twenty in a round half. */
function price(random, [low, high]) {
  const cents = low + random() * (high - low);
  if (cents >= 2000) return Math.round(cents / 50) * 50;
  return Math.floor(cents / 10) * 10 + [0, 5, 9][Math.floor(random() * 3)];
}

function product({ category, family, name, tone, round }) {
  const id = slug(name);
  const random = randomFrom(id);
  const pick = (list, from) => list[Math.floor(from * list.length)];
  const priceCents = price(random, family.cents);
  const rating = Math.round((3.7 + 1.3 * Math.sqrt(random())) * 10) / 10;
  const reviews = Math.floor(4 + 900 * random() ** 3);
  // One in twenty-five is sold out; the first of a family never is.
  const soldOut = random() < 0.04 && round > 0;
  const stock = Math.floor(3 + random() * 60);
  return {
    id,
    name,
    category: category.id,
    priceCents,
    unit: family.unit,
    rating,
    reviews,
    stock: soldOut ? 0 : stock,
    description: `${pick(family.says, random())} ${pick(category.closing, random())}`,
    motif: family.motif,
    tone,
  };
}

/** One of each family before the second of any, so that the unsorted shelf looks varied. */
function productsOf(category) {
  const rounds = Math.max(...category.families.map((f) => Object.keys(f.names).length));
  return Array.from({ length: rounds }, (_, round) =>
    category.families.flatMap((family) =>
      Object.entries(family.names)
        .slice(round, round + 1)
        .map(([name, tone]) => product({ category, family, name, tone, round })),
    ),
  ).flat();
}

/** Takes turns between the categories, so that the first screen shows all of them. */
function interleave(lists) {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1)))
    .flat();
}

const products = interleave(categories.map(productsOf));
const ids = new Set(products.map((each) => each.id));
if (ids.size !== products.length) throw new Error('two products share one id');
if (products.length < 300) throw new Error(`only ${products.length} products`);

const lines = products.map((each) => `    ${JSON.stringify(each)}`).join(',\n');
const shelves = categories
  .map(({ id, name }) => `    ${JSON.stringify({ id, name })}`)
  .join(',\n');
const text = `{\n  "categories": [\n${shelves}\n  ],\n  "products": [\n${lines}\n  ]\n}\n`;
const file = process.argv[2] ?? new URL('../products.json', import.meta.url);
writeFileSync(file, text);
console.log(`products.json: ${products.length} products in ${categories.length} categories`);
