// npm run demo: builds Danji and serves the shop with a sync server until Ctrl-C.
//
//   --check   serve, fetch the page once and end
import './lib/node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPackage } from './lib/package-build.mjs';
import { buildFolder, root } from './lib/paths.mjs';
import { buildShop } from './lib/shop-build.mjs';
import { Stop, script } from './lib/steps.mjs';

const port = 4173;

async function checkPage(url) {
  const response = await fetch(url);
  const page = await response.text();
  if (!response.ok || !page.includes('<script')) {
    throw new Stop(`The shop's page does not come: ${url} answered ${response.status}.`);
  }
  const health = await fetch(new URL('healthz', url));
  if (!health.ok) throw new Stop(`The shop's server is not well: ${health.status}.`);
  console.log('The page is there, and its server is well.');
}

function untilInterrupted() {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

await script(async () => {
  await buildPackage('npm run demo');
  const folder = await buildShop();
  const { startServer } = await import(
    pathToFileURL(join(root, 'examples', 'shop', 'server.mjs'))
  );
  const { createSyncServer } = await import('danji-server');
  const sync = createSyncServer({ store: join(buildFolder, 'shop-data'), logger: false });
  const server = await startServer({ root: folder, port, sync });
  console.log(`\nDanji shop: ${server.url}`);
  if (process.argv.includes('--check')) {
    await checkPage(server.url);
  } else {
    console.log('Open it in two tabs side by side, or in two browsers: they share the cart.');
    console.log('The panel at the bottom drops the network. Ctrl-C ends it; nothing is lost.');
    await untilInterrupted();
    console.log('');
  }
  await server.close();
});
