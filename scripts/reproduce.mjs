// npm run reproduce: builds the packages once more from a copy of the sources in another folder,
// without any cache, and stops when a single byte is another one. Run it before a release: who
// builds the same commit elsewhere must get what is published.
import './lib/node-version.mjs';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildPackage } from './lib/package-build.mjs';
import { distFolder, root } from './lib/paths.mjs';
import { differencesOf } from './lib/same-files.mjs';
import { Stop, run, script, step } from './lib/steps.mjs';

/** What git knows of, and so nothing that was built. */
function copySources(folder) {
  const list = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  for (const path of list.split('\0').filter((name) => name !== '')) {
    cpSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

await script(async () => {
  await buildPackage('npm run reproduce');
  const parent = mkdtempSync(join(tmpdir(), 'danji-reproduce-'));
  const folder = join(parent, 'elsewhere');
  try {
    copySources(folder);
    await step('Building everything once more, elsewhere', () =>
      run(process.execPath, ['scripts/build.mjs'], {
        log: 'reproduce',
        cwd: folder,
        env: { CCACHE_DISABLE: '1' },
        failure: 'The copy could not be built',
      }),
    );
    const differences = differencesOf(distFolder, join(folder, 'dist'));
    if (differences.length > 0) {
      throw new Stop(`The two builds differ in ${differences.join(', ')}: do not release this.`);
    }
    console.log('Both builds are the same, byte for byte.');
  } finally {
    rmSync(dirname(folder), { recursive: true, force: true });
  }
});
