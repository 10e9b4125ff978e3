// The corpora of the fuzz targets stay small, and keeping them loses nothing that broke once.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  chooseFiles,
  readControlFile,
  replaceFiles,
  weigh,
} from '../../scripts/lib/fuzz-corpus.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const targets = readdirSync(join(here, 'targets')).map((file) => basename(file, '.cpp'));

const control = `3
0
/seeds/tea
/seeds/rice
/seeds/both
STARTED 0 4
FT 0 11
COV 0 1
STARTED 1 4
FT 1 12 13
COV 1 2
STARTED 2 8
FT 2 14 15 16
COV 2 3
`;

test('every target has a corpus of at most forty small files', () => {
  for (const target of targets) {
    const { files, bytes } = weigh(join(here, 'corpus', target));

    assert.ok(files >= 1 && files <= 40, `${target} has ${files} files`);
    assert.ok(bytes <= 100_000, `${target} has ${bytes} bytes`);
  }
});

test('no corpus outlives its target', () => {
  assert.deepEqual(readdirSync(join(here, 'corpus')).sort(), targets.sort());
});

test('the files that reach most are chosen first, and none that adds nothing', () => {
  const files = readControlFile(control);

  assert.deepEqual(chooseFiles(files, 2), ['/seeds/both', '/seeds/rice']);
  assert.deepEqual(chooseFiles(files, 9), ['/seeds/both', '/seeds/rice', '/seeds/tea']);
  assert.deepEqual(chooseFiles([...files, { path: 'more', features: new Set(['11']) }], 9), [
    '/seeds/both',
    '/seeds/rice',
    '/seeds/tea',
  ]);
});

test('a corpus is replaced, but for the files that broke something once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'danji-corpus-'));
  const into = join(folder, 'corpus');
  mkdirSync(into);
  for (const file of ['found-rollback', 'old']) writeFileSync(join(into, file), file);
  for (const file of ['new', 'found-rollback']) writeFileSync(join(folder, file), 'other');

  replaceFiles(into, [join(folder, 'new'), join(folder, 'found-rollback'), join(into, 'old')], 2);

  assert.deepEqual(readdirSync(into).sort(), ['found-rollback', 'new']);
  assert.equal(weigh(into).bytes, 'found-rollback'.length + 'other'.length);
  rmSync(folder, { recursive: true });
});
