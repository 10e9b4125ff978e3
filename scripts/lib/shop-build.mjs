// The shop example, built once per change of the shop or of what it is made from.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { alone } from './lock.mjs';
import { buildFolder, root } from './paths.mjs';
import { filesBelow, hashOf, unlessDone } from './stamps.mjs';
import { Stop, step } from './steps.mjs';

const folders = { wasm: join(buildFolder, 'shop'), js: join(buildFolder, 'shop', 'plain') };

/** Builds the shop for one engine, `'wasm'` or `'js'`; resolves with the folder to serve. */
export async function buildShop(engine = 'wasm') {
  const inputs = [...filesBelow('examples/shop'), ...filesBelow('dist'), 'package-lock.json'];
  const outDir = folders[engine];
  const hash = hashOf(inputs, [engine]);
  const outputs = [join(outDir, 'index.html')];
  const title = engine === 'wasm' ? 'Building the shop' : 'Building the shop without WebAssembly';
  await alone(() =>
    unlessDone({ name: `shop-${engine}`, hash, outputs }, () =>
      step(title, async () => {
        const builder = pathToFileURL(join(root, 'examples', 'shop', 'build.mjs'));
        const shop = await import(builder);
        await shop.buildShop({ engine, outDir }).catch((error) => {
          throw new Stop(`The shop could not be built: ${error.message}`);
        });
      }),
    ),
  );
  return outDir;
}
