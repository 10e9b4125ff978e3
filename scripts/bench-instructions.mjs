// npm run bench:instructions: how many instructions the core needs for each operation, which other
// programs on the machine don't change. A rise of more than 3 % over bench/baseline.json fails.
//
//   npm run bench:instructions               compares with the baseline
//   npm run bench:instructions -- --record   makes what was counted the baseline
import './lib/node-version.mjs';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printTable } from './lib/bench-report.mjs';
import {
  baselineFile, compilerName, complaints, countInstructions,
} from './lib/instructions.mjs';
import { buildNative, chosenCompiler } from './lib/native-build.mjs';
import { Stop, note, script, step } from './lib/steps.mjs';
import { provideTools } from './lib/tools.mjs';

function isToBeRecorded() {
  try {
    return parseArgs({ options: { record: { type: 'boolean' } } }).values.record ?? false;
  } catch (error) {
    throw new Stop(`${error.message}. The only option is --record.`);
  }
}

function rowsOf(recorded, counted) {
  const names = [...new Set([...Object.keys(recorded), ...Object.keys(counted)])];
  const shown = (number) => (number === undefined ? '–' : number.toLocaleString('en'));
  const change = (before, now) => {
    const percent = (now / before - 1) * 100;
    return Number.isNaN(percent) ? '' : `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
  };
  const rows = names.map((name) => [
    name,
    shown(recorded[name]),
    shown(counted[name]),
    change(recorded[name], counted[name]),
  ]);
  return [['', 'baseline', 'now', ''], ...rows];
}

await script(async () => {
  const records = isToBeRecorded();
  const tools = ['cmake', 'make', 'compiler', 'valgrind'];
  await provideTools(tools, 'npm run bench:instructions');
  const folder = await step('Building what is counted', () => buildNative('instructions'));
  const counted = await step('Counting instructions', () =>
    countInstructions(join(folder, 'danji_instructions')),
  );
  const compiler = `${compilerName(chosenCompiler())}, ${process.arch}`;
  if (records) {
    const baseline = { compiler, instructions: counted };
    writeFileSync(baselineFile, `${JSON.stringify(baseline, null, 2)}\n`);
  }
  const baseline = JSON.parse(readFileSync(baselineFile, 'utf8'));
  printTable('Instructions of one operation', rowsOf(baseline.instructions, counted));
  const found = complaints(baseline.instructions, counted);
  if (compiler === baseline.compiler) {
    if (found.length > 0) throw new Stop(found.join('\n'));
    return;
  }
  for (const sentence of found) note(sentence);
  note(`The baseline is of ${baseline.compiler}, and this is ${compiler}: nothing fails by that.`);
});
