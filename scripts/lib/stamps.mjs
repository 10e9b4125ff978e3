// Stamps: finished work is not done again while nothing that it was made from has changed.
//
// A stamp is a hash over the contents of all inputs, kept in build/stamps. Contents rather than
// times, so that a fresh checkout of the same tree, a touched file or a changed branch and back
// cost nothing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildFolder, root } from './paths.mjs';

/** All files below `folder` (relative to the root) for which `wanted` holds, sorted. */
export function filesBelow(folder, wanted = () => true) {
  const top = join(root, folder);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((file) => !file.includes('node_modules') && wanted(file))
    .sort();
}

/** A hash over the names and contents of `files` (relative to the root) and over `words`. */
export function hashOf(files, words = []) {
  const hash = createHash('sha256');
  for (const word of words) hash.update(`${word}\0`);
  for (const file of files) {
    hash.update(`${file}\0`);
    hash.update(createHash('sha256').update(readFileSync(join(root, file))).digest());
  }
  return hash.digest('hex');
}

function stampFile(name) {
  return join(buildFolder, 'stamps', name);
}

/**
 * Runs `work` unless the stamp `name` says that it was finished for the same hash and all
 * `outputs` (absolute paths) are still there. Tells whether it ran.
 */
export async function unlessDone({ name, hash, outputs }, work) {
  const file = stampFile(name);
  const done = existsSync(file) && readFileSync(file, 'utf8') === hash;
  if (done && outputs.every((output) => existsSync(output))) return false;
  rmSync(file, { force: true });
  await work();
  mkdirSync(join(buildFolder, 'stamps'), { recursive: true });
  writeFileSync(file, hash);
  return true;
}

/** Writes only what differs, so that whoever watches or serves the file is not disturbed. */
export function writeIfChanged(file, content) {
  const bytes = Buffer.from(content);
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, bytes);
}
