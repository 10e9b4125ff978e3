// node scripts/mutation.mjs: proves that the tests watch the core and not only the glue.
//
// Builds a core that counts and answers every second set but forgets it, runs the tests of glue
// and conformance on it, and lists those that turn red. Fewer than twenty, and it fails. Nothing
// of it touches dist: the tests run in a copy of the package in build/mutation.
import './lib/node-version.mjs';
import { cpSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { run as runTests } from 'node:test';
import { buildPackage } from './lib/package-build.mjs';
import { buildFolder, root } from './lib/paths.mjs';
import { filesBelow } from './lib/stamps.mjs';
import { Stop, note, script, step } from './lib/steps.mjs';

const define = 'DANJI_MUTATION_DROP_SECOND_SET';
const redTestsMin = 20;
const testFolders = ['tests/js', 'tests/conformance'];
const copy = join(buildFolder, 'mutation');

/** The package as the tests find it: by its own name, and by paths beside them. */
function copyPackage() {
  mkdirSync(copy, { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  for (const folder of testFolders) {
    rmSync(join(copy, folder), { recursive: true, force: true });
    cpSync(join(root, folder), join(copy, folder), { recursive: true });
  }
  // What tests may read besides: packages, and the limits as the core's headers have them.
  for (const name of ['node_modules', 'core']) {
    rmSync(join(copy, name), { force: true });
    symlinkSync(join(root, name), join(copy, name));
  }
}

/** The names of the tests that failed and the number of those that passed. */
async function testCopy() {
  const files = testFolders
    .flatMap((folder) => filesBelow(folder, (file) => file.endsWith('.test.js')))
    .map((file) => join(copy, file));
  const red = [];
  let green = 0;
  const isWholeFile = (name) => files.includes(name);
  for await (const { type, data } of runTests({ files, concurrency: 2 })) {
    if (type === 'test:pass' && !isWholeFile(data.name)) green += 1;
    if (type !== 'test:fail') continue;
    // A file that fails as a whole is red because of a test in it, which is listed itself.
    if (!isWholeFile(data.name)) red.push(data.name);
  }
  return { red, green };
}

await script(async () => {
  await buildPackage('node scripts/mutation.mjs', { out: join(copy, 'dist'), defines: [define] });
  copyPackage();
  const { red, green } = await step('Testing a core that drops every second set', testCopy);
  for (const name of red.sort()) note(name);
  const counted = `${red.length} tests are red, ${green} are green`;
  if (red.length < redTestsMin) {
    throw new Stop(`${counted}; of the red ones there have to be at least ${redTestsMin}.`);
  }
  console.log(`\n${counted}, when the core drops every second set.`);
});
