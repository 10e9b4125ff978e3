// What npm run size -- --what tells: each byte of a module belongs to one part, each part has its
// share of the picture, and names of C++ become short.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { partsOf, treeOf } from '../../scripts/lib/size-contents.mjs';
import { layOut, treemap } from '../../scripts/lib/treemap.mjs';
import { contentsOf } from '../../scripts/lib/wasm-contents.mjs';
import { readSymbols, shortName } from '../../scripts/lib/wasm-sources.mjs';

const text = (word) => [word.length, ...Buffer.from(word)];
const section = (id, ...content) => [id, content.length, ...content];

const beginning = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** Two functions without arguments: one does nothing, one drops a number. */
const core = [
  ...beginning,
  ...section(1, 1, 0x60, 0, 0),
  ...section(3, 2, 0, 0),
  ...section(10, 2, 2, 0, 0x0b, 5, 0, 0x41, 7, 0x1a, 0x0b),
];
const names = section(1, 2, 0, ...text('danji::Space::fold(int)'), 1, ...text('memcpy'));
const module = new Uint8Array([...core, ...section(0, ...text('name'), ...names)]);

test('the parts of a module have all of its bytes but the names', () => {
  assert.ok(WebAssembly.validate(module));

  const { functions } = contentsOf(module);
  const parts = partsOf(module, () => ({ folder: 'core/space', file: 'space.cpp' }));

  assert.deepEqual(functions, [
    { name: 'danji::Space::fold(int)', size: 3 }, { name: 'memcpy', size: 6 },
  ]);
  assert.equal(parts.reduce((sum, { size }) => sum + size, 0), core.length);
  assert.equal(treeOf(parts).size, core.length);
});

test('a module without names is refused', () => {
  const bytes = readFileSync(new URL('../../dist/core/danji.wasm', import.meta.url));

  assert.throws(() => contentsOf(bytes), /no names/);
});

test('a function belongs to the source that alone defines it', () => {
  const said = [
    'space.cpp.o:', '-------- T danji::Space::fold(int)', '-------- W danji::Op::~Op()',
    '         U danji::decode(char)', '', 'wire.cpp.o:', '-------- t danji::decode(char)',
  ];

  const symbols = readSymbols(said.join('\n'), (file) => file.slice(0, -2));

  assert.deepEqual([...symbols], [
    ['danji::Space::fold(int)', 'space.cpp'], ['danji::decode(char)', 'wire.cpp'],
  ]);
});

test('names lose what makes them long', () => {
  const short = {
    'danji::Replica::adopt(danji::SpaceState)': 'Replica::adopt()',
    'danji::(anonymous namespace)::write(std::__2::vector<int> const&) const': 'write()',
    'std::__2::map<int, std::__2::set<int>>::find(int)': 'std::map<…>::find()',
    danji_drain: 'danji_drain',
  };
  for (const [long, expected] of Object.entries(short)) assert.equal(shortName(long), expected);
});

test('each rectangle of a treemap has its share of the room, and none lies over another', () => {
  const sizes = [50, 30, 12, 5, 2, 1, 0];
  const nodes = sizes.map((size) => ({ name: `n${size}`, size }));

  const placed = layOut(nodes, { x: 10, y: 20, width: 40, height: 25 });

  assert.equal(placed.length, 6);
  for (const { node, x, y, width, height } of placed) {
    assert.ok(Math.abs(width * height - node.size * 10) < 1e-6, node.name);
    assert.ok(x >= 10 && y >= 20 && x + width <= 50 + 1e-9 && y + height <= 45 + 1e-9, node.name);
    for (const other of placed) {
      const isBeside = x + width <= other.x + 1e-9 || other.x + other.width <= x + 1e-9;
      const isAbove = y + height <= other.y + 1e-9 || other.y + other.height <= y + 1e-9;
      assert.ok(other.node === node || isBeside || isAbove, `${node.name} over ${other.node.name}`);
    }
  }
});

test('the picture tells what each rectangle stands for', () => {
  const children = [{ name: 'a<b', size: 900, children: [{ name: 'c', size: 900 }] }];

  const picture = treemap({ name: 'core', size: 900, children }, { width: 200, height: 100 });

  assert.ok(picture.includes('<title>core / a&lt;b / c: 900 bytes</title>'));
  assert.equal(picture.match(/<rect /g).length, 4);
});
