// Where things are in this repository. Everything that is generated lives in build/ and dist/.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const buildFolder = join(root, 'build');
export const logFolder = join(buildFolder, 'logs');
export const distFolder = join(root, 'dist');
