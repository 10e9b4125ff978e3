// npm run size: what each entry costs those who load it, beside its budget.
//
//   npm run size -- --what   instead, what the core is made of: its bytes by folder, its largest
//                            functions, and a picture of all of them
import './lib/node-version.mjs';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { buildNamedCore } from './lib/core-build.mjs';
import { alone } from './lib/lock.mjs';
import { buildPackage } from './lib/package-build.mjs';
import { root } from './lib/paths.mjs';
import { Stop, note, script, step } from './lib/steps.mjs';

function asksWhat() {
  try {
    return parseArgs({ options: { what: { type: 'boolean' } } }).values.what ?? false;
  } catch (error) {
    throw new Stop(`${error.message}. The only option is --what.`);
  }
}

function printTable(rows, budgets) {
  const cells = (row) => [row.name, row.raw, row.brotli, budgets[row.name] ?? ''].map(String);
  const table = [['', 'raw', 'brotli', 'budget'], ...rows.map(cells)];
  for (const [name, ...numbers] of table) {
    console.log(name.padEnd(14) + numbers.map((text) => text.padStart(10)).join(''));
  }
}

async function showWhat() {
  const { showContents } = await import('./lib/size-contents.mjs');
  const named = await step('Building the core with names', () => alone(buildNamedCore));
  note(`The picture is ${relative(root, showContents(named))}.`);
}

await script(async () => {
  const wantsWhat = asksWhat();
  await buildPackage('npm run size');
  if (wantsWhat) return showWhat();
  // Vite is there only now.
  const { measureSizes, overBudget, readBudgets } = await import('./lib/sizes.mjs');
  const budgets = readBudgets();
  const rows = await step('Bundling every entry', measureSizes);
  printTable(rows, budgets);
  const complaints = overBudget(rows, budgets);
  if (complaints.length > 0) throw new Stop(complaints.join('\n'));
});
