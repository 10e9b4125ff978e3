// Counts of instructions are compared with those that were recorded: what rose is told, and so is
// what was not counted.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  baselineFile, complaints, perOperation, readCounts, readOperations, riseMost,
} from '../../scripts/lib/instructions.mjs';

const written = `# callgrind format
creator: callgrind-3.19.0
part: 1
desc: Trigger: Client Request: fold a record
events: Ir
fn=(1) danji::Space::fold
0 900
summary: 0
totals: 2000
part: 2
desc: Trigger: Client Request: encode a record
summary: 0
totals: 360
part: 3
desc: Trigger: Program termination
summary: 0
totals: 17
`;
const said = '$ valgrind --tool=callgrind\nfold a record\t10\nencode a record\t7\n';

test('instructions are counted for each operation of each work', () => {
  const each = perOperation(readCounts(written), readOperations(said));

  assert.deepEqual(each, { 'fold a record': 200, 'encode a record': 51.4 });
});

test('work that was not counted is an error, and so is a run without any', () => {
  const operations = readOperations(`${said}decode a record\t5\n`);

  assert.throws(() => perOperation(readCounts(written), operations), /"decode a record"/);
  assert.throws(() => perOperation(readCounts(''), new Map()), /nothing was counted/);
});

test('a rise above the limit is named, and a fall or a small rise is not', () => {
  const recorded = { fold: 1000, encode: 1000, decode: 1000 };
  const counted = { fold: 1000 * (1 + riseMost) + 1, encode: 1000 * (1 + riseMost), decode: 10 };

  const [complaint, ...others] = complaints(recorded, counted);

  assert.match(complaint, /^"fold" takes 1031 instructions, 3\.1 % more than 1000$/);
  assert.deepEqual(others, []);
});

test('work that is in only one of the two is told', () => {
  assert.deepEqual(complaints({ fold: 1 }, { encode: 1 }), [
    '"fold" is in the baseline and was not counted', '"encode" is not in the baseline',
  ]);
});

test('the baseline says of which compiler it is, and has a number for every work', () => {
  const { compiler, instructions } = JSON.parse(readFileSync(baselineFile, 'utf8'));

  assert.match(compiler, /\d+\.\d+/);
  assert.ok(Object.keys(instructions).length >= 10);
  for (const number of Object.values(instructions)) assert.ok(number > 0);
});
