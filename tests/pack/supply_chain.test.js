// T22: what reaches users is what this repository says, and nothing that somebody slipped in.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { distFolder, root } from '../../scripts/lib/paths.mjs';
import { differencesOf } from '../../scripts/lib/same-files.mjs';

const read = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'));

/** Whoever adds one here has looked at who makes it. */
const serverPackages = ['@redis/client', 'jose', 'lmdb', 'pino', 'prom-client', 'ws'];

/** What npm runs by itself when somebody installs a package. */
const installScripts = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];

test('T22: pages get no package but ours, and the server those that are named here', () => {
  const page = read('package.json');
  const server = read('server/package.json');

  assert.equal(page.dependencies, undefined);
  assert.equal(page.optionalDependencies, undefined);
  assert.equal(page.bundleDependencies, undefined);
  assert.deepEqual(Object.keys(server.dependencies).sort(), serverPackages);
  for (const { scripts = {} } of [page, server]) {
    assert.deepEqual(installScripts.filter((name) => name in scripts), []);
  }
});

/** What builds and tests ours, and what it is measured beside. */
const lockFiles = ['package-lock.json', 'bench/package-lock.json'];

test('T22: every package that builds, tests or measures ours is pinned by what is in it', () => {
  const packages = Object.assign({}, ...lockFiles.map((file) => read(file).packages));
  const foreign = Object.entries(packages).filter(
    ([path, { link }]) => path.includes('node_modules/') && link !== true,
  );

  const unpinned = foreign.filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? ''));
  const fromElsewhere = foreign.filter(([, { resolved = '' }]) => /^(?:git|http:|file:)/.test(resolved));

  assert.ok(foreign.length > 50);
  assert.deepEqual(unpinned.map(([path]) => path), []);
  assert.deepEqual(fromElsewhere.map(([path]) => path), []);
});

test('T22: the core holds no path of the machine that it was built on', () => {
  for (const name of ['danji.wasm', 'danji-host.wasm']) {
    const bytes = readFileSync(join(distFolder, 'core', name));

    assert.equal(bytes.includes(root), false, name);
    assert.equal(bytes.includes(tmpdir()), false, name);
  }
});

test('T22: two builds that differ in one byte, or in a file, are not the same', () => {
  const folder = mkdtempSync(join(tmpdir(), 'danji-builds-'));
  const build = (name, files) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, name, 'core'), { recursive: true });
      writeFileSync(join(folder, name, path), text);
    }
    return join(folder, name);
  };
  try {
    const first = build('first', { 'a.js': 'a', 'core/danji.wasm': '0123' });
    const same = build('same', { 'a.js': 'a', 'core/danji.wasm': '0123' });
    const other = build('other', { 'core/danji.wasm': '0124', 'b.js': 'b' });

    assert.deepEqual(differencesOf(first, same), []);
    assert.deepEqual(differencesOf(first, other), ['a.js', 'b.js', 'core/danji.wasm']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
