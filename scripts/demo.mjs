// npm run demo: builds Danji and serves the shop until Ctrl-C.
//
//   --check   serve, fetch the page once and end
import './lib/node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPackage } from './lib/package-build.mjs';
import { root } from './lib/paths.mjs';
import { buildShop } from './lib/shop-build.mjs';
import { Stop, script } from './lib/steps.mjs';

const port = 4173;

async function checkPage(url) {
  const response = await fetch(url);
  const page = await response.text();
  if (!response.ok || !page.includes('<script')) {
    throw new Stop(`The shop's page does not come: ${url} answered ${response.status}.`);
  }
  console.log('The page is there.');
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
  const server = await startServer({ root: folder, port });
  console.log(`\nDanji shop: ${server.url}`);
  if (process.argv.includes('--check')) {
    await checkPage(server.url);
  } else {
    console.log('Open it in two tabs side by side: they share cart and theme. Ctrl-C ends it.');
    await untilInterrupted();
    console.log('');
  }
  await server.close();
});
