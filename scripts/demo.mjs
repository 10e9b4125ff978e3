// npm run demo: builds Danji and serves the shop with a sync server until Ctrl-C.
//
//   --check   serve, fetch the page once and end
import './lib/node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { present } from './lib/demo-page.mjs';
import { buildPackage } from './lib/package-build.mjs';
import { buildFolder, root } from './lib/paths.mjs';
import { buildShop } from './lib/shop-build.mjs';
import { script } from './lib/steps.mjs';

const port = 4173;

await script(async () => {
  await buildPackage('npm run demo');
  const folder = await buildShop();
  const { startServer } = await import(
    pathToFileURL(join(root, 'examples', 'shop', 'server.mjs'))
  );
  const { createSyncServer } = await import('danji-server');
  const sync = createSyncServer({ store: join(buildFolder, 'shop-data'), logger: false });
  await present(await startServer({ root: folder, port, sync }), {
    name: 'Danji shop',
    hints: [
      'Open it in two tabs side by side, or in two browsers: they share the cart.',
      'The panel at the bottom drops the network. Ctrl-C ends it; nothing is lost.',
    ],
  });
});
