// The npm packages that package-lock.json lists, installed by `npm ci` when they are not there.
//
// npm notes what it has installed in node_modules/.package-lock.json. When that agrees with our
// lock file there is nothing to do and npm is not even started.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.mjs';
import { Stop, run, step } from './steps.mjs';

function packagesIn(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/** Whether node_modules holds exactly what the lock file wants on this kind of machine. */
export function packagesAreInstalled(folder = root) {
  const noted = join(folder, 'node_modules', '.package-lock.json');
  if (!existsSync(noted)) return false;
  const installed = packagesIn(noted);
  return Object.entries(packagesIn(join(folder, 'package-lock.json'))).every(([path, wanted]) => {
    if (path === '') return true;
    const present = installed[path];
    // A package for another system or processor is rightly absent.
    if (!present) return wanted.optional === true;
    return present.version === wanted.version && existsSync(join(folder, path, 'package.json'));
  });
}

export async function providePackages(command, folder = root) {
  if (packagesAreInstalled(folder)) return;
  await step('Installing npm packages', async () => {
    try {
      const args = ['ci', '--no-audit', '--no-fund', '--prefer-offline'];
      await run('npm', args, { log: 'npm-ci', cwd: folder });
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      throw new Stop(
        'Danji needs its npm packages; npm ci could not install them ' +
          `(see build/logs/npm-ci.log). Check the network and run ${command} again.`,
      );
    }
  });
}
