// The three adapters stay alike: the same hooks in the same files, and small.
import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';

const frameworks = ['react', 'vue', 'svelte'];
const folderOf = (framework) => new URL(`../../${framework}/src/`, import.meta.url);
const textOf = (framework, file) => readFileSync(new URL(file, folderOf(framework)), 'utf8');
const filesOf = (framework) => readdirSync(folderOf(framework));
const hookFiles = ['useSharedState', 'useSharedSelector', 'useContainerEvent'];

for (const framework of frameworks) {
  test(`${framework} has every hook in a file of its name, and exports it`, () => {
    const files = filesOf(framework).map((file) => file.replace(/\.tsx?$/, ''));
    const index = textOf(framework, 'index.ts');

    for (const file of ['index', 'provider', ...hookFiles]) assert.ok(files.includes(file), file);
    for (const name of ['useUnit', ...hookFiles]) {
      assert.match(index, new RegExp(`export \\{[^}]*\\b${name}\\b`));
    }
  });

  test(`${framework} keeps to 60 lines a file`, () => {
    for (const file of filesOf(framework)) {
      const lines = textOf(framework, file).trimEnd().split('\n').length;
      assert.ok(lines <= 60, `${file} has ${lines}`);
    }
  });

  test(`${framework} knows only danji and its framework`, () => {
    const allowed = new RegExp(`^(danji|${framework}(/[a-z-]+)?|\\./[\\w-]+\\.js)$`);

    for (const file of filesOf(framework)) {
      for (const [, name] of textOf(framework, file).matchAll(/ from '([^']+)'/g)) {
        assert.match(name, allowed, file);
      }
    }
  });
}

test('files that say they have the same text do', () => {
  for (const file of ['known-key.ts', 'plain.ts']) {
    const owners = frameworks.filter((framework) => filesOf(framework).includes(file));
    const texts = new Set(owners.map((framework) => textOf(framework, file)));

    assert.ok(owners.length >= 2, file);
    assert.equal(texts.size, 1, file);
  }
});
