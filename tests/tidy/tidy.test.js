// The tree obeys the style: limits, words, and who may include whom. The rules are in the files
// beside this one; tidy_catches.test.js proves that each of them really catches something.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sourceFiles } from './files.js';
import { checkCircles, checkHeadersIncluded, checkReached } from './graph.js';
import { checkImports, checkIncludes } from './includes.js';
import { checkBindings, checkColumns, checkFileLength, checkFunctions } from './limits.js';
import * as words from './words.js';

const files = sourceFiles();

function each(check) {
  return files.flatMap((file) => check(file));
}

function holds(sentence, complaints) {
  test(sentence, () => {
    const found = complaints();

    assert.equal(found.length, 0, `\n${found.join('\n')}`);
  });
}

test('tidy sees the whole tree', () => {
  const folders = new Set(files.map(({ path }) => path.split('/')[0]));

  for (const folder of ['core', 'bindings', 'js', 'react', 'vue', 'svelte', 'scripts', 'tests']) {
    assert.ok(folders.has(folder), `${folder} is not looked at`);
  }
});

holds('lines fit on a screen', () => each(checkColumns));
holds('files stay within the length of their kind', () => each(checkFileLength));
holds('functions stay short, flat and with few parameters', () => each(checkFunctions));
holds('the bindings stay small', () => checkBindings(files));

holds('the core uses no banned word', () => each(words.checkCppWords));
holds('the glue and the hooks use no banned word', () => each(words.checkScriptWords));
holds('no task is left open', () => each(words.checkOpenTasks));
holds('no test is skipped', () => each(words.checkSkippedTests));
holds('headers and modules begin by saying what they are', () => each(words.checkFirstComment));
holds('headers are included once', () => each(words.checkPragmaOnce));

holds('the core and the bindings include only what the table allows', () => each(checkIncludes));
holds('the glue, the hooks and the examples import only what they may', () => each(checkImports));
holds('every module is imported by somebody', () => checkReached(files));
holds('every header is included by somebody', () => checkHeadersIncluded(files));
holds('the modules of the glue do not import each other in a circle', () => checkCircles(files));
