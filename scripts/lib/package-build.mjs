// Everything that the packages carry, from a clone in any state: tools, npm packages, core, glue.
import { buildCore } from './core-build.mjs';
import { alone } from './lock.mjs';
import { providePackages } from './npm-packages.mjs';
import { provideTools } from './tools.mjs';
import { buildTypeScript } from './typescript-build.mjs';

export const buildTools = ['emcc', 'cmake', 'make'];

/** `command` is what the user typed, for the sentence when something can't be had. */
export async function buildPackage(command, options = {}) {
  await alone(async () => {
    await provideTools(buildTools, command);
    await providePackages(command);
    await buildCore(options);
    await buildTypeScript(options);
  });
}
