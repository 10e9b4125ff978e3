// What is seen only over all files together: files nobody imports, and imports in a circle.
import { includesIn } from './cpp.js';
import { complaint, isCpp, isIn, isScript } from './files.js';
import { resolveImport } from './includes.js';
import { importsIn } from './syntax.js';

/** Files that are started or imported from outside, so nobody here needs to import them. */
const doors = [
  /^js\/src\/entry\/[\w-]+\.ts$/,
  /^(react|vue|svelte)\/src\/index\.tsx?$/,
  /^server\/src\/(cli|index)\.ts$/,
  /^scripts\/[\w-]+\.mjs$/,
  /^tests\/.*\.test\.js$/,
  /^tests\/types\//,
  /^tests\/browser\/pages\//,
  /^bench\//,
];

const byPathOf = (files) => new Map(files.map((file) => [file.path, file]));

function withSameName(byPath, path) {
  const names = [path, path.replace(/\.ts$/, '.tsx'), path.replace(/\.ts$/, '.d.ts')];
  return names.find((name) => byPath.has(name));
}

function edgesOf(file, byPath, { types }) {
  return importsIn(file)
    .filter(({ name, typeOnly }) => name.startsWith('.') && (types || !typeOnly))
    .map(({ name }) => withSameName(byPath, resolveImport(file, name)))
    .filter((path) => path !== undefined);
}

/** A module that no door leads to, by whatever way, is dead. */
export function checkReached(files) {
  const scripts = files.filter((file) => isScript(file) && !isIn(file, 'examples'));
  const byPath = byPathOf(scripts);
  const reached = new Set();
  const isDoor = ({ path }) => doors.some((door) => door.test(path));
  const open = scripts.filter(isDoor).map(({ path }) => path);
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...edgesOf(byPath.get(path), byPath, { types: true }));
  }
  const mentions = mentionsIn(scripts);
  return scripts
    .filter(({ path }) => !reached.has(path) && !mentions.has(path.split('/').at(-1)))
    .map((file) => complaint(file, 0, 'nobody imports this file'));
}

// Loader hooks, workers and programs are started by name, not imported.
function mentionsIn(files) {
  const names = files.flatMap(({ text }) => text.match(/[\w.-]+\.m?js(?=['"`])/g) ?? []);
  return new Set(names);
}

export function checkHeadersIncluded(files) {
  const included = new Set(
    files.filter(isCpp).flatMap((file) => includesIn(file).map(({ name }) => name)),
  );
  const isNeeded = ({ path }) => included.has(path) || included.has(path.split('/').at(-1));
  return files
    .filter((file) => file.path.endsWith('.h') && !isNeeded(file))
    .map((file) => complaint(file, 0, 'nobody includes this header'));
}

/** Modules of the glue that need each other to run can't be understood, or loaded, one by one. */
export function checkCircles(files) {
  const modules = files.filter((file) => isScript(file) && isIn(file, 'js/src'));
  const byPath = byPathOf(modules);
  const done = new Set();
  const found = [];
  const walk = (path, way) => {
    if (way.includes(path)) {
      const circle = [...way.slice(way.indexOf(path)), path].join(' → ');
      found.push(complaint(byPath.get(path), 0, `imports in a circle: ${circle}`));
      return;
    }
    if (done.has(path)) return;
    const below = [...way, path];
    for (const next of edgesOf(byPath.get(path), byPath, { types: false })) walk(next, below);
    done.add(path);
  };
  for (const { path } of modules) walk(path, []);
  return found;
}
