// Who may include whom. Arrows point one way: core <- bindings <- js <- react, vue, svelte.
import { dirname, join, normalize } from 'node:path';
import { includesIn } from './cpp.js';
import { complaint, isCpp, isIn, isScript } from './files.js';
import { importsIn } from './syntax.js';

const lower = ['base', 'value', 'entry', 'strategy', 'space', 'schema', 'machine', 'wire'];
const roles = [...lower, 'authority', 'replica', 'storage'];

/** For each folder of the core, the folders of the core that it may include besides itself. */
export const coreTable = {
  base: [],
  value: ['base'],
  schema: ['base', 'value'],
  entry: ['base', 'value', 'schema'],
  strategy: ['base', 'value', 'schema', 'entry'],
  space: ['base', 'value', 'entry', 'strategy', 'schema'],
  machine: ['base', 'value', 'entry'],
  wire: ['base', 'value', 'entry'],
  authority: roles,
  server: roles,
  replica: roles,
  storage: roles,
  engine: roles,
};

const bindingsMayInclude = /^(bindings\/|core\/engine\/|core\/base\/result\.h$)/;
const hostMayInclude = /^(bindings\/host\/|core\/server\/|core\/base\/(result|limits)\.h$)/;

function complainAboutInclude(file, { name, own }) {
  const [top, folder] = file.path.split('/');
  if (!own) {
    if (name.startsWith('emscripten') && top !== 'bindings') return 'emscripten only in bindings/';
    if (name.startsWith('nlohmann') && top !== 'tests') return 'nlohmann only in tests/';
    return undefined;
  }
  if (top === 'tests' || top === 'bench') return undefined;
  if (top === 'bindings' && folder === 'host') {
    return hostMayInclude.test(name) ? undefined : 'bindings/host/ may include only core/server';
  }
  if (top === 'bindings') {
    return bindingsMayInclude.test(name) ? undefined : 'bindings/ may include only core/engine';
  }
  const [wantedTop, wanted] = name.split('/');
  if (wantedTop !== 'core') return 'core/ includes only core/, by the path from the root';
  const allowed = [folder, ...(coreTable[folder] ?? [])];
  return allowed.includes(wanted) ? undefined : `core/${folder} may not include core/${wanted}`;
}

export function checkIncludes(file) {
  if (!isCpp(file)) return [];
  return includesIn(file).flatMap((include) => {
    const message = complainAboutInclude(file, include);
    return message ? [complaint(file, include.line, message)] : [];
  });
}

const frameworks = { react: /^react(\/|$)/, vue: /^vue$/, svelte: /^svelte(\/|$)/ };

/** errors, path → bridge → mirror → unit, manager: none of these knows one further right. */
const glueLayers = [['types', 'errors', 'path'], ['bridge'], ['mirror'], ['unit', 'manager']];
const layerOf = (path) => {
  const name = path.replace(/^js\/src\/|\.ts$/g, '');
  return glueLayers.findIndex((layer) => layer.includes(name));
};

function complainAboutGlue(file, { name, typeOnly }) {
  const isNodes = isIn(file, 'js/src/storage/file') && name.startsWith('node:');
  if (!name.startsWith('.') && !isNodes) return 'js/ needs no package';
  const target = resolveImport(file, name);
  if (!isIn({ path: target }, 'js/src')) return 'js/ imports only its own files';
  const [own, other] = [layerOf(file.path), layerOf(target)];
  if (own >= 0 && other > own) {
    return `${file.path} may not import ${target}: it lies above`;
  }
  const isApart = /^js\/src\/(tabs|storage|remote)\//;
  const isInterface = /^js\/src\/(types|errors|bridge)\.ts$/;
  const [folder] = isApart.exec(file.path) ?? [];
  if (folder !== undefined && !target.startsWith(folder)) {
    if (!typeOnly && !isInterface.test(target)) {
      return 'tabs, storage and remote see of other files only types';
    }
  }
  return undefined;
}

function complainAboutAdapter(file, { name }) {
  const [framework] = file.path.split('/');
  if (name === 'danji' || frameworks[framework].test(name)) return undefined;
  if (name.startsWith('.') && isIn({ path: resolveImport(file, name) }, `${framework}/src`)) {
    return undefined;
  }
  return `${framework}/ imports only 'danji', ${framework} and its own files`;
}

function complainAboutExample(file, { name }) {
  const [, example] = file.path.split('/');
  if (!name.startsWith('.')) return undefined;
  if (isIn({ path: resolveImport(file, name) }, `examples/${example}`)) return undefined;
  return 'examples take the packages by name';
}

function importRuleFor(file) {
  if (isIn(file, 'js/src')) return complainAboutGlue;
  if (isIn(file, 'react/src', 'vue/src', 'svelte/src')) return complainAboutAdapter;
  if (isIn(file, 'examples')) return complainAboutExample;
  return undefined;
}

export function checkImports(file) {
  const rule = isScript(file) ? importRuleFor(file) : undefined;
  if (!rule) return [];
  return importsIn(file).flatMap((found) => {
    const message = rule(file, found);
    return message ? [complaint(file, found.line, message)] : [];
  });
}

/** The path that a relative import means; in TypeScript './x.js' is written for x.ts. */
export function resolveImport(file, name) {
  const path = normalize(join(dirname(file.path), name));
  return /\.tsx?$/.test(file.path) ? path.replace(/\.js$/, '.ts') : path;
}
