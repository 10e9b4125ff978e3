// An empty Vite project into which the packed tarball was installed, as a user would have it.
//
// Installing is unpacking: Danji has no dependencies, so npm would do nothing else, and the test
// needs no network.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** Packs the repository; resolves with the tarball, the paths inside it, and a folder to use. */
export function packDanji() {
  const folder = mkdtempSync(join(tmpdir(), 'danji-pack-'));
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const output = execFileSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [{ filename, files }] = JSON.parse(output);
  return {
    folder,
    tarball: join(folder, filename),
    paths: files.map(({ path }) => path).sort(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Makes a project of `files` (name to text) beside the tarball, with Danji installed. */
export function makeProject({ folder, tarball }, files) {
  const project = mkdtempSync(join(folder, 'project-'));
  const place = join(project, 'node_modules', 'danji');
  mkdirSync(place, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', place, '--strip-components', '1']);
  const description = JSON.stringify({ name: 'empty', private: true, type: 'module' });
  for (const [name, text] of Object.entries({ 'package.json': description, ...files })) {
    writeFileSync(join(project, name), text);
  }
  return project;
}
