// What `npm run coverage` counts, and for which lines it wants a reason.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explain, readLcov, sumByFolder, tableOf } from '../../scripts/lib/coverage.mjs';

const lcov = `SF:/danji/core/value/json.cpp
DA:1,4
DA:2,0
DA:3,0
DA:5,0
DA:7,0
BRDA:1,0,0,4
BRDA:1,0,1,-
end_of_record
SF:/danji/core/base/bytes.h
DA:1,0
end_of_record
SF:/usr/include/gtest.h
DA:1,0
end_of_record
SF:/danji/core/base/bytes.h
DA:1,7
end_of_record
`;
const text = 'read();\nrefuse();\nstop();\nread();\nforget();\nread();\n  }\n';

test('a line is reached when any copy of it is, and only ours count', () => {
  const files = readLcov(lcov, '/danji');

  assert.deepEqual(files, [
    {
      path: 'core/base/bytes.h',
      lines: { reached: 1, all: 1 },
      branches: { reached: 0, all: 0 },
      missed: [],
    },
    {
      path: 'core/value/json.cpp',
      lines: { reached: 1, all: 5 },
      branches: { reached: 1, all: 2 },
      missed: [2, 3, 5, 7],
    },
  ]);
});

test('what can not be reached does not count, and every other missed line wants a reason', () => {
  const path = 'core/value/json.cpp';
  const list = (reasons) => ({ unreachable: [{ path, code: 'stop()' }], elsewhere: reasons });
  const files = readLcov(lcov, '/danji');

  const said = explain(files, list([{ path, code: 'forget()', reason: 'Pages do.' }]), () => text);
  assert.deepEqual(said.complaints, []);
  assert.deepEqual(said.files.at(-1).lines, { reached: 1, all: 2 });
  assert.deepEqual(said.files.at(-1).missed, [{ places: [5], reason: 'Pages do.' }]);

  const silent = explain(files, list([{ path, code: 'read()', reason: 'Pages do.' }]), () => text);
  assert.deepEqual(silent.complaints, [
    `${path}:5 is missed without a reason.`,
    `missed.json: "read()" in ${path} is gone or reached; remove it.`,
  ]);
});

test('folders are summed up, and the sum is never rounded up', () => {
  const lines = { reached: 1999, all: 2000 };
  const branches = { reached: 0, all: 0 };

  const sums = sumByFolder([
    { path: 'core/base/bytes.h', lines, branches },
    { path: 'core/value/json.cpp', lines: { reached: 0, all: 0 }, branches },
  ]);

  assert.deepEqual(sums.map(({ folder }) => folder), ['core/base', 'core/value', 'all']);
  assert.equal(sums.at(-1).lines.percent, 99.9);
  assert.match(tableOf(sums), /^all +1999\/2000 +99.9 %/m);
});
