// npm run demo:notes: builds Danji and serves two devices that can be parted, until Ctrl-C.
//
//   --check   serve, fetch the page once and end
import './lib/node-version.mjs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { present } from './lib/demo-page.mjs';
import { buildPackage } from './lib/package-build.mjs';
import { root } from './lib/paths.mjs';
import { script } from './lib/steps.mjs';

const port = 4174;

await script(async () => {
  await buildPackage('npm run demo:notes');
  const { startNotes } = await import(
    pathToFileURL(join(root, 'examples', 'offline-notes', 'server.mjs'))
  );
  await present(await startNotes({ port }), {
    name: 'Offline notes',
    hints: ['Switch the network off, write on both devices, switch it on again. Ctrl-C ends it.'],
  });
});
