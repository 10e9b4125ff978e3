// Runs examples: writes them as modules below build/, where they find the packages as any user's
// modules do, and imports them. Each starts on an empty page: the manager of the one before is
// closed, and whatever an example reports as an error fails it.
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { format } from 'node:util';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'node:test';
import * as danji from 'danji';
import { cleanup } from '../hooks/cleanup.js';
import { printedLines, withAssertions } from './expectations.js';
import { documents, examplesFor, fencesIn, folderName, root } from './fences.js';

const folder = join(root, 'build', `tests-docs-${process.pid}`);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const AsyncFunction = (async () => {}).constructor;

/** Writes what other examples of the same document may import. */
export function writeNamedModules(compile = plain) {
  for (const file of documents) {
    for (const fence of fencesIn(file)) {
      if (fence.name !== undefined && fence.language === 'js') writeModule(fence, compile(fence));
    }
  }
}

function plain({ code }) {
  return withAssertions(code);
}

/** Writes an example's module and gives its address. */
export function writeModule({ file, line, name }, code) {
  const place = join(folder, folderName(file));
  mkdirSync(place, { recursive: true });
  const module = join(place, name ?? `line-${line}.js`);
  writeFileSync(module, code);
  return pathToFileURL(module);
}

/** Listens to the console while an example runs. */
function listen(t) {
  const told = { log: [], error: [], warn: [] };
  for (const [kind, lines] of Object.entries(told)) {
    t.mock.method(console, kind, (...words) => lines.push(format(...words)));
  }
  return told;
}

/**
 * One test for each example that `runner` takes. `compile` makes a module of it; `tools` are
 * what its check may use besides `assert`, `danji`, `example` (the module) and `load`.
 */
export function testExamples(runner, compile, tools = () => ({})) {
  writeNamedModules();
  for (const example of examplesFor(runner)) {
    test(`the example in ${example.title} does what it says`, async (t) => {
      // Undone last: components go before the manager they use.
      cleanup(t, () => danji.defaultManager().close());
      const told = listen(t);
      const address = writeModule(example, await compile(example));
      const module = await import(address);
      if (example.check !== undefined) {
        const load = (name) => import(new URL(name, address));
        await check(example, { assert, danji, example: module, load, ...tools(t) });
      }
      await new Promise((resolve) => setTimeout(resolve));
      assert.deepEqual(told.error, [], 'it reported errors');
      assert.deepEqual(told.warn, [], 'it warned');
      assert.deepEqual(told.log, printedLines(example.code), 'it prints something else');
    });
  }
}

async function check({ title, check: program }, tools) {
  try {
    await new AsyncFunction(...Object.keys(tools), program)(...Object.values(tools));
  } catch (error) {
    throw new Error(`the check of ${title} failed: ${error.message}`, { cause: error });
  }
}
