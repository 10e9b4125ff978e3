// Finding programs and files on this machine, without running anything.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The full path of a program on the PATH, or undefined. */
export function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder || '.', name);
    if (isRunnable(file)) return file;
  }
  return undefined;
}

function isRunnable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

const headerFolders = ['/usr/include', '/usr/local/include', '/opt/homebrew/include'];

/** The folder that holds the C++ header `header`, or undefined. */
export function findHeaderFolder(header) {
  return headerFolders.find((folder) => existsSync(join(folder, header)));
}
