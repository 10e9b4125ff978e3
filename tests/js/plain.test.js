// The tests of the glue once more, on the core as plain JavaScript: whatever holds with
// WebAssembly holds for danji/js.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** All that open managers through the harness. */
function testsOfTheGlue() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(folder, name))
    .filter((file) => /from '\.\/harness\.js'/.test(readFileSync(file, 'utf8')));
}

// Run by another process, these tests report in its words, which `run` can not read.
delete process.env.NODE_TEST_CONTEXT;

test('every test of the glue passes on the plain JavaScript core', async () => {
  const files = testsOfTheGlue();
  assert.ok(files.length > 10, `${files.length} files`);
  process.env.DANJI_ENGINE = 'js';
  const failed = [];
  let passed = 0;
  for await (const { type, data } of run({ files, concurrency: 2 })) {
    if (type === 'test:pass') passed += 1;
    if (type === 'test:fail') failed.push(`${data.name}: ${data.details.error.message}`);
  }
  assert.deepEqual(failed, []);
  assert.ok(passed > 200, `${passed} tests`);
});
