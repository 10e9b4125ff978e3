// npm run bench: how fast Danji is, as tables. Nothing passes or fails by a time; a library that
// did not do the work it was measured at fails the run.
//
//   npm run bench             everything, in under ten minutes where nothing else runs
//   npm run bench -- server   the way through a server, beside other libraries
//   npm run bench -- tabs     two tabs of a browser, and what outlives them
//   npm run bench -- local    one page: Danji, other stores, and the core by itself
//   npm run bench -- replicas two that were apart, what is sent and what is kept, in Node
//   npm run bench -- quick    fewer and shorter samples, of everything in a minute
//
// What Danji is measured beside is in bench/package.json, and installed when it is first needed.
import './lib/node-version.mjs';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import {
  duration, printTable, ratio, replicaRows, serverRows, tabRows,
} from './lib/bench-report.mjs';
import { buildNative } from './lib/native-build.mjs';
import { providePackages } from './lib/npm-packages.mjs';
import { buildPackage, buildTools } from './lib/package-build.mjs';
import { buildFolder, root } from './lib/paths.mjs';
import { Stop, note, run, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

const command = 'npm run bench';

const parts = ['local', 'replicas', 'server', 'tabs'];

function chosen() {
  const words = process.argv.slice(2);
  const unknown = words.filter((word) => word !== 'quick' && !parts.includes(word));
  if (unknown.length > 0) {
    throw new Stop(`There is no "${unknown[0]}"; the words are quick, ${parts.join(', ')}.`);
  }
  const named = parts.filter((part) => words.includes(part));
  return { isQuick: words.includes('quick'), wanted: named.length > 0 ? named : parts };
}

async function compareLibraries(quickly) {
  const { adapters, compare, quick, scenarios, thorough, titleOf } = await import(
    '../bench/node/compare.mjs'
  );
  const head = adapters.flatMap((name) => (name === 'map' ? [name] : [name, '/ map']));
  const rows = [['', ...head]];
  for (const scenario of scenarios) {
    const title = await titleOf(scenario);
    const nanos = await step(`Measuring: ${title}`, () =>
      compare(scenario, quickly ? quick : thorough).catch((error) => {
        throw new Stop(error.message);
      }),
    );
    const cells = adapters.flatMap((name) => {
      if (nanos[name] === undefined) return ['–', '–'];
      const own = duration(nanos[name]);
      return name === 'map' ? [own] : [own, ratio(nanos[name], nanos.map)];
    });
    rows.push([title, ...cells]);
  }
  return rows;
}

async function startUpRows() {
  const { measureStartUp } = await import('../bench/node/start-up.mjs');
  const millis = await step('Measuring: import to first value', () => measureStartUp());
  const shown = (number) => `${number.toFixed(1)} ms`;
  return [
    ['import', shown(millis.imported)],
    ['core started, first getState', shown(millis.read)],
    ['both', shown(millis.both)],
  ];
}

function coreRows(report) {
  const nanosIn = { ns: 1, us: 1000, ms: 1e6 };
  const medians = report.benchmarks
    .filter((row) => row.aggregate_name === 'median')
    .sort((one, other) => one.family_index - other.family_index);
  const rows = medians.map((row) => [
    row.run_name,
    duration(row.cpu_time * nanosIn[row.time_unit]),
    row.items_per_second === undefined ? '' : duration(1e9 / row.items_per_second),
    row.bytesPerItem === undefined ? '' : row.bytesPerItem.toFixed(1),
  ]);
  return [['', 'each run', 'each item', 'bytes an item'], ...rows];
}

async function benchCore(quickly) {
  const folder = await step('Building the native benchmarks', () => buildNative('native-release'));
  const file = join(buildFolder, 'bench-core.json');
  const options = [
    `--benchmark_min_time=${quickly ? 0.02 : 0.05}`,
    `--benchmark_repetitions=${quickly ? 3 : 7}`,
    '--benchmark_enable_random_interleaving=true',
    '--benchmark_report_aggregates_only=true',
    `--benchmark_out=${file}`,
    '--benchmark_out_format=json',
  ];
  await step('Measuring the core', () =>
    run(join(folder, 'danji_bench'), options, {
      log: 'bench-core',
      failure: 'The benchmarks of the core failed',
    }),
  );
  return coreRows(JSON.parse(readFileSync(file, 'utf8')));
}

function compilerName() {
  const compiler = process.env.CXX ?? 'c++';
  try {
    return execFileSync(compiler, ['--version'], { encoding: 'utf8' }).split('\n')[0];
  } catch {
    return compiler;
  }
}

const loud = (work) =>
  work.catch((error) => {
    throw new Stop(error.message);
  });

async function benchLocal(isQuick) {
  const libraries = await compareLibraries(isQuick);
  printTable('Danji beside others, in Node: median CPU time of one run', libraries);
  const startUp = await startUpRows();
  printTable('Import of danji to the first value, in a fresh process: median of ten', startUp);
  const core = await benchCore(isQuick);
  printTable('The core by itself, compiled natively: median CPU time', core);
}

async function benchReplicas(isQuick) {
  const bench = await import('../bench/replicas/compare.mjs');
  for (const scenario of Object.keys(bench.scenarios)) {
    const title = await bench.titleOf(scenario);
    const answers = await step(`Measuring: ${title}`, () =>
      loud(bench.compare(scenario, { isQuick })),
    );
    printTable(`In Node, ${title}: medians, times of the CPU`, replicaRows(scenario, answers));
  }
}

async function benchServer(isQuick) {
  const bench = await import('../bench/server/compare.mjs');
  const names = isQuick ? bench.quickAdapters : bench.adapters;
  const effort = isQuick ? bench.quick : bench.thorough;
  const measure = (scenario, title) =>
    step(`Measuring: ${title}`, () => loud(bench.compare(scenario, effort[scenario], names)));
  const answers = {
    latency: await measure('latency', 'from a set to another client'),
    manyWriters: await measure('many-writers', 'many writers'),
    rate: await measure('rate', 'one writer and many readers'),
    kills: await measure('kills', 'a server that is killed'),
  };
  const rows = serverRows(names, await bench.titles(names), answers);
  printTable('Through a server, all clients in one process: medians', rows);
}

async function benchTabs(isQuick) {
  const bench = await import('../bench/tabs/compare.mjs');
  const names = isQuick ? bench.quickAdapters : bench.adapters;
  const answers = await step('Measuring: two tabs', () =>
    loud(bench.compare(isQuick ? bench.quick : bench.thorough, names)),
  );
  printTable('Two tabs of one browser: medians', tabRows(names, bench.titles, answers));
}

const benches = {
  local: benchLocal, replicas: benchReplicas, server: benchServer, tabs: benchTabs,
};

/** What each part needs besides what builds the package. */
const toolsOf = {
  local: ['compiler', 'benchmark'], replicas: [], server: [], tabs: ['chromium'],
};

await script(async () => {
  const { isQuick, wanted } = chosen();
  await provideTools([...buildTools, ...wanted.flatMap((part) => toolsOf[part])], command);
  await buildPackage(command);
  await providePackages(command, join(root, 'bench'));
  for (const part of wanted) await benches[part](isQuick);
  const machine = `${cpus().length} × ${cpus()[0].model.trim()}, ${process.platform}`;
  note(`${machine} ${process.arch}, Node ${process.version}, ${compilerName()}`);
  note('Times differ from machine to machine: compare within one table.');
});
