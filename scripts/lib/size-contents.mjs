// npm run size -- --what: what pages' core is made of, as tables and as a treemap.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printTable } from './bench-report.mjs';
import { buildFolder } from './paths.mjs';
import { treemap } from './treemap.mjs';
import { contentsOf } from './wasm-contents.mjs';
import { findsSources, shortName } from './wasm-sources.mjs';

const functionsShown = 30;
const ownFolder = 'tables and data';

const sizeOf = (list) => list.reduce((sum, { size }) => sum + size, 0);

function grouped(list, keyOf) {
  const groups = new Map();
  for (const one of list) {
    const key = keyOf(one);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(one);
  }
  const named = [...groups].map(([name, members]) => ({ name, members, size: sizeOf(members) }));
  return named.sort((one, other) => other.size - one.size);
}

/** All parts of a module: { name, folder, file, size }. */
export function partsOf(bytes, sourceOf) {
  const { functions, others } = contentsOf(bytes);
  const coded = functions.map(({ name, size }) => ({
    ...sourceOf(name ?? ''), name: shortName(name ?? ''), size,
  }));
  const tables = [...others, { name: 'beginning', size: 8 }];
  return [...coded, ...tables.map((one) => ({ ...one, folder: ownFolder, file: '' }))];
}

/** Folders with files with functions, as the treemap wants them. */
export function treeOf(parts) {
  const leaves = (members) => members.map(({ name, size }) => ({ name, size }));
  const children = grouped(parts, ({ folder }) => folder).map((folder) => {
    const files = grouped(folder.members, ({ file }) => file);
    const inside = files.map(({ name, size, members: own }) => ({
      name, size, children: leaves(own),
    }));
    const isFlat = files.length === 1 && files[0].name === '';
    return { ...folder, children: isFlat ? leaves(folder.members) : inside };
  });
  return { name: 'danji.wasm', size: sizeOf(parts), children };
}

const shown = (size) => size.toLocaleString('en');

function printParts(parts) {
  const whole = sizeOf(parts);
  const share = (size) => `${((size / whole) * 100).toFixed(1)} %`;
  const folders = grouped(parts, ({ folder }) => folder);
  printTable(`danji.wasm, ${shown(whole)} bytes before compression, by folder`, [
    ['', 'bytes', '', 'functions'],
    ...folders.map(({ name, size, members }) => [
      name, shown(size), share(size), name === ownFolder ? '' : shown(members.length),
    ]),
  ]);
  const largest = parts
    .filter(({ folder }) => folder !== ownFolder)
    .sort((one, other) => other.size - one.size)
    .slice(0, functionsShown);
  printTable(`Its largest ${largest.length} functions, with what was inlined into them`, [
    ['', 'bytes', ''],
    ...largest.map(({ name, folder, file, size }) => [
      `${name}  ${[folder, file].filter(Boolean).join('/')}`.slice(0, 80), shown(size), share(size),
    ]),
  ]);
}

/** Tells of a build with names, and gives the file of the picture. */
export function showContents({ file, objects }) {
  const parts = partsOf(readFileSync(file), findsSources(objects));
  printParts(parts);
  const picture = join(buildFolder, 'danji-wasm.svg');
  writeFileSync(picture, treemap(treeOf(parts), { width: 1400, height: 900 }));
  return picture;
}
