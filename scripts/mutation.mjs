// node scripts/mutation.mjs [NAME]: how many tests notice a core with a rule taken out?
//
// Builds the packages around a mutated core (core/base/mutation.h) in build/mutants/<NAME>, with
// the tests beside them, and runs the native tests and those in Node. Fewer than 20 red ones is a
// failure: then the state would live in the glue, or nobody looks.
import './lib/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildNative } from './lib/native-build.mjs';
import { buildPackage } from './lib/package-build.mjs';
import { buildFolder, root } from './lib/paths.mjs';
import { filesBelow } from './lib/stamps.mjs';
import { Stop, note, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const redMin = 20;
// What looks at the core's behaviour; tidy, pack and size look at files.
const testFolders = ['js', 'react', 'vue', 'svelte', 'hooks', 'conformance', 'docs'];

function checkName(name) {
  const header = readFileSync(join(root, 'core', 'base', 'mutation.h'), 'utf8');
  const known = [...header.matchAll(/#ifdef DANJI_MUTATION_(\w+)/g)].map(([, found]) => found);
  if (known.includes(name)) return;
  throw new Stop(`There is no mutation ${name}; there are ${known.join(', ')}.`);
}

/** A package root of its own, in which `danji` means the mutated build. */
function makePackage(folder) {
  mkdirSync(folder, { recursive: true });
  for (const place of ['tests', 'scripts', 'examples', 'docs', 'package.json', 'README.md']) {
    rmSync(join(folder, place), { recursive: true, force: true });
    cpSync(join(root, place), join(folder, place), { recursive: true });
  }
  rmSync(join(folder, 'node_modules'), { force: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

function runAndCount(command, args, { cwd, pattern, log }) {
  const { stdout, error } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    // A mutated core may keep a test waiting for ever.
    timeout: 300_000,
  });
  writeFileSync(join(buildFolder, 'logs', `${log}.log`), stdout ?? '');
  if (error && error.code !== 'ETIMEDOUT') throw error;
  return stdout.match(pattern)?.length ?? 0;
}

await script(async () => {
  const name = process.argv[2] ?? 'DROP_SECOND_SET';
  checkName(name);
  const defines = [`DANJI_MUTATION_${name}`];
  const folder = join(buildFolder, 'mutants', name);
  await buildPackage('node scripts/mutation.mjs', { out: join(folder, 'dist'), defines });
  await provideTools(['compiler', 'googletest', 'json'], 'node scripts/mutation.mjs');
  const native = await step('Building the mutated native tests', () =>
    buildNative('native', { folder: 'native-mutant', defines }),
  );
  makePackage(folder);
  const inNode = await step('Testing the mutated core in Node', () =>
    runAndCount(
      process.execPath,
      ['--test', '--test-reporter=tap', ...testFolders.flatMap((area) =>
        filesBelow(`tests/${area}`, (file) => file.endsWith('.test.js')),
      )],
      // Only leaves: a suite or file with a red test would count it twice.
      { cwd: folder, pattern: /^ *not ok (?!.*\.test\.js$)/gm, log: 'mutation-node' },
    ),
  );
  const inCore = await step('Testing the mutated core natively', () =>
    runAndCount('ctest', ['--test-dir', native, '--timeout', '60'], {
      cwd: root,
      pattern: /\*\*\*(Failed|Timeout|Exception)/g,
      log: 'mutation-native',
    }),
  );
  note(`${inNode} red tests in Node, ${inCore} natively.`);
  if (inNode + inCore < redMin) throw new Stop(`Fewer than ${redMin} tests noticed ${name}.`);
});
