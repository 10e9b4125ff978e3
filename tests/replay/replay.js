// Replays journals natively: the same decided log, folded by the native build of the core.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alone } from '../../scripts/lib/lock.mjs';
import { buildNative, watchingCompiler } from '../../scripts/lib/native-build.mjs';
import { buildFolder } from '../../scripts/lib/paths.mjs';

const folder = join(buildFolder, 'native');
const tool = join(folder, 'tests', 'danji_replay');

/** The tool's path, once it is up to date. Where nothing native was built yet, all of it is. */
async function provideTool() {
  await alone(async () => {
    if (!existsSync(join(folder, 'CMakeCache.txt'))) {
      return buildNative('native', { compiler: watchingCompiler() });
    }
    const build = ['--build', folder, '--target', 'danji_replay', '--parallel', '2'];
    execFileSync('cmake', build, { stdio: ['ignore', 'ignore', 'inherit'] });
  });
  return tool;
}

let provided;

/**
 * Where each space of a journal ends: `[{ address, epoch, index, digest }]`. `bytes` is what
 * `bridge.journal()` gave in some tab. Throws what the tool says of bytes that are no journal.
 */
export async function replay(bytes) {
  provided ??= provideTool();
  const program = await provided;
  const place = mkdtempSync(join(tmpdir(), 'danji-journal-'));
  try {
    const file = join(place, 'journal');
    writeFileSync(file, bytes);
    const text = execFileSync(program, [file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return text.split('\n').filter(Boolean).map(readLine);
  } finally {
    rmSync(place, { recursive: true });
  }
}

function readLine(line) {
  const [address, epoch, index, digest] = line.split(' ');
  return { address, epoch, index: Number(index), digest };
}
