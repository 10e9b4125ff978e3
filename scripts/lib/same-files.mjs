// Whether two folders hold the same files, byte for byte.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

function hashesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    return [relative(folder, file), createHash('sha256').update(readFileSync(file)).digest('hex')];
  });
  return new Map(files);
}

/** The paths of which the two folders do not have the same, sorted. */
export function differencesOf(one, other) {
  const [ones, others] = [hashesOf(one), hashesOf(other)];
  const paths = new Set([...ones.keys(), ...others.keys()]);
  return [...paths].filter((path) => ones.get(path) !== others.get(path)).sort();
}
