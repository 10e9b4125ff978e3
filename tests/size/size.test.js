// Danji stays small: every entry, bundled as users load it, is within budgets.json (bytes after
// brotli).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureSizes, overBudget, readBudgets } from '../../scripts/lib/sizes.mjs';

test('every entry is within its budget', async () => {
  const rows = await measureSizes();

  const complaints = overBudget(rows, readBudgets());

  assert.deepEqual(complaints, []);
});

test('an entry over its budget and a budget without an entry are told', () => {
  const rows = [{ name: 'danji', raw: 300, brotli: 101 }];

  const complaints = overBudget(rows, { danji: 100, 'danji/solid': 100 });

  assert.deepEqual(complaints, [
    'danji has 101 bytes after brotli; its budget is 100',
    'danji/solid has a budget but was not measured',
  ]);
});
