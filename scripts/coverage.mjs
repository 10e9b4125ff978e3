// npm run coverage: which lines and branches of the core the native tests reach.
//
// Prints a table for each folder of core/ and the lines that nothing reached, each with the reason
// that tests/coverage/missed.json has for it, and fails when there is none, or when less than 97 of
// 100 lines are reached. What can't be reached doesn't count. Fuzz targets don't count either: they
// would reach much, but say little about it.
import './lib/node-version.mjs';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findClang, findClangTool } from './lib/clang.mjs';
import { explain, readLcov, sumByFolder, tableOf } from './lib/coverage.mjs';
import { alone } from './lib/lock.mjs';
import { buildNative } from './lib/native-build.mjs';
import { logFolder, root } from './lib/paths.mjs';
import { Stop, run, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const command = 'npm run coverage';
const tools = ['cmake', 'make', 'googletest', 'json', 'clang'];
const programs = ['danji_core_tests', 'danji_sim_tests', 'danji_conformance_tests'];
const percentMin = 97;

async function build() {
  // One after the other: which runtime and which tools are needed depends on the clang.
  await provideTools(tools, command);
  await provideTools(['clangRuntime', 'llvm'], command);
  return step('Building the native tests with counters', () =>
    alone(() => buildNative('coverage', { compiler: findClang() })),
  );
}

/** Runs the tests and gives what llvm-cov says of core/, as lcov text. */
async function measure(folder) {
  const profiles = join(folder, 'profiles');
  const merged = join(folder, 'merged.profdata');
  rmSync(profiles, { recursive: true, force: true });
  mkdirSync(profiles);
  const paths = programs.map((name) => join(folder, 'tests', name));
  for (const [place, path] of paths.entries()) {
    await run(path, ['--gtest_brief=1'], {
      log: `coverage-${programs[place]}`,
      failure: 'The native tests failed',
      env: { LLVM_PROFILE_FILE: join(profiles, `${programs[place]}.profraw`) },
    });
  }
  const parts = readdirSync(profiles).map((name) => join(profiles, name));
  await run(findClangTool('llvm-profdata'), ['merge', '-sparse', ...parts, '-o', merged], {
    log: 'coverage-merge',
    failure: 'The counts could not be put together',
  });
  const objects = paths.slice(1).map((path) => `-object=${path}`);
  const wanted = [join(root, 'core')];
  const options = ['export', '-format=lcov', `-instr-profile=${merged}`, paths[0], ...objects];
  await run(findClangTool('llvm-cov'), [...options, ...wanted], {
    log: 'coverage-lcov',
    failure: 'The counts could not be read',
  });
  return readFileSync(join(logFolder, 'coverage-lcov.log'), 'utf8');
}

function printMissed(files) {
  for (const { path, missed } of files.filter((file) => file.missed.length > 0)) {
    const lines = readFileSync(join(root, path), 'utf8').split('\n');
    console.log(`\n${path}`);
    for (const { places, reason } of missed) {
      console.log(`       ${reason ?? 'Nobody has said why.'}`);
      for (const line of places) console.log(`${String(line).padStart(5)}  ${lines[line - 1]}`);
    }
  }
}

await script(async () => {
  const folder = await build();
  const lcov = await step('Testing the core with counters', () => measure(folder));
  const list = readFileSync(join(root, 'tests', 'coverage', 'missed.json'), 'utf8');
  const textOf = (path) => readFileSync(join(root, path), 'utf8');
  const { files, complaints } = explain(readLcov(lcov, root), JSON.parse(list), textOf);
  printMissed(files);
  const folders = sumByFolder(files);
  console.log(`\n${tableOf(folders)}`);
  const { percent } = folders.at(-1).lines;
  if (percent < percentMin) complaints.push(`Less than ${percentMin} % of the lines are reached.`);
  if (complaints.length > 0) throw new Stop(complaints.join('\n'));
});
