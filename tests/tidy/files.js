// The files that tidy looks at, as { path, text, lines }, and a way to make one for its own tests.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const folders = [
  'core', 'bindings', 'js', 'react', 'vue', 'svelte', 'server', 'scripts', 'tests', 'bench',
  'examples',
];
const wanted = /\.(cpp|h|ts|tsx|js|mjs|vue|svelte|css|cmake)$|CMakeLists\.txt$/;

/** A file that was not read but made up. */
export function fileOf(path, text) {
  return { path, text, lines: text.replace(/\n$/, '').split('\n') };
}

/** Every source file of the repository; data and what is generated are not among them. */
export function sourceFiles() {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && wanted.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name))),
  );
  return [...below, 'CMakeLists.txt']
    .filter((path) => !/(^|\/)(node_modules|build|dist)\//.test(path))
    .sort()
    .map((path) => fileOf(path, readFileSync(join(root, path), 'utf8')));
}

export const isCpp = (file) => /\.(cpp|h)$/.test(file.path);
export const isScript = (file) => /\.(ts|tsx|js|mjs)$/.test(file.path);
export const isIn = (file, ...places) =>
  places.some((place) => file.path.startsWith(`${place}/`));

/** A complaint about one line (counted from 1), or about the whole file (line 0). */
export function complaint(file, line, message) {
  return `${file.path}${line > 0 ? `:${line}` : ''}: ${message}`;
}
