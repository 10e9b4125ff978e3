// The TypeScript of the examples: it has to compile as strictly as the package itself.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examplesFor, folderName, root } from './fences.js';

const folder = join(root, 'build', `tests-docs-types-${process.pid}`);

function compile(sources) {
  mkdirSync(folder, { recursive: true });
  for (const [name, code] of Object.entries(sources)) writeFileSync(join(folder, name), code);
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2023', 'dom'],
    types: [],
    strict: true,
    noEmit: true,
    moduleDetection: 'force',
  };
  const config = { compilerOptions, files: Object.keys(sources) };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  return spawnSync(tsc, ['-p', folder], { encoding: 'utf8' }).stdout;
}

test('the examples in TypeScript compile', (t) => {
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const examples = examplesFor('vanilla').filter(({ language }) => language === 'ts');
  assert.ok(examples.length > 0);
  const named = examples.map(({ file, line, code }) => [`${folderName(file)}-${line}.ts`, code]);

  assert.equal(compile(Object.fromEntries(named)), '');

  const wrong = "import { defineState } from 'danji';\ndefineState({ key: 1 });\n";
  assert.match(compile({ 'wrong.ts': wrong }), /error TS/);
});
