// Which file a function of the core comes from. What was inlined counts for where it went.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './paths.mjs';
import { filesBelow } from './stamps.mjs';

const modules = ['danji_wasm_page', 'danji_wasm_common'];

/** The objects of pages' core, by the sources that they are made from. */
function objectsBelow(folder) {
  return modules.flatMap((module) => {
    const top = join(folder, `${module}.dir`);
    const names = readdirSync(top, { recursive: true }).filter((name) => name.endsWith('.cpp.o'));
    return names.map((name) => ({ source: name.slice(0, -2), file: join(top, name) }));
  });
}

/** What only one source defines: { name: source }, by the words of nm. */
export function readSymbols(text, sourceOf) {
  const symbols = new Map();
  let source;
  for (const line of text.split('\n')) {
    const header = /^(.+\.o):$/.exec(line);
    if (header) source = sourceOf(header[1]);
    const [, kind, name] = /^\S+ (\w) (.+)$/.exec(line) ?? [];
    if ((kind === 'T' || kind === 't') && !symbols.has(name)) symbols.set(name, source);
  }
  return symbols;
}

/** The headers that define classes of the core. */
function headersOfClasses() {
  const headers = new Map();
  for (const file of filesBelow('core', (name) => name.endsWith('.h'))) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name] of text.matchAll(/^ *(?:class|struct) (\w+)(?: final)?[^;]*?\{/gm)) {
      if (!headers.has(name)) headers.set(name, file);
    }
  }
  return headers;
}

/** A function that no file of ours has: { folder, file }. */
function foreign(name) {
  const isOfLibrary = /\bstd::|__cxa|__cxx|operator (new|delete)/.test(name);
  return { folder: isOfLibrary ? 'C++ library' : 'C library', file: '' };
}

/** Without what makes names of C++ long: arguments, and what templates are made for. */
export function shortName(name) {
  let depth = 0;
  let short = '';
  for (const letter of name.replaceAll('(anonymous namespace)::', '').replaceAll('->', '')) {
    if (depth === 0 && (letter === '(' || letter === '<')) short += letter === '<' ? '<…>' : '()';
    if (letter === '(' || letter === '<') depth++;
    else if (letter === ')' || letter === '>') depth--;
    else if (depth === 0) short += letter;
  }
  return short.replaceAll('std::__2::', 'std::').replaceAll('danji::', '').replace(/ const$/, '');
}

/** Tells of a function's name where it comes from: { folder, file }. */
export function findsSources(objectFolder) {
  const objects = objectsBelow(objectFolder);
  const sources = new Map(objects.map(({ source, file }) => [file, source]));
  const said = execFileSync('emnm', ['-C', ...sources.keys()], {
    encoding: 'utf8', maxBuffer: 2 ** 28,
  });
  const symbols = readSymbols(said, (file) => sources.get(file));
  const headers = headersOfClasses();
  const ofClass = (name) => {
    const owners = shortName(name).split(' ').at(-1).split('::').slice(0, -1);
    return owners.map((owner) => headers.get(owner)).find((header) => header !== undefined);
  };
  return (name) => {
    // The optimiser numbers what it has made several of.
    const plain = name.replace(/( \(?\.\w+.*|\.\d+)$/, '');
    const file = symbols.get(plain) ?? (plain.includes('danji::') ? ofClass(plain) : undefined);
    if (file === undefined) return foreign(plain);
    return { folder: file.split('/').slice(0, -1).join('/'), file: basename(file) };
  };
}
