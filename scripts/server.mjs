// npm run server: builds Danji and starts its sync server; options go behind `--`.
import './lib/node-version.mjs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildPackage } from './lib/package-build.mjs';
import { root } from './lib/paths.mjs';
import { script } from './lib/steps.mjs';

await script(async () => {
  await buildPackage('npm run server');
  const program = join(root, 'server', 'dist', 'cli.js');
  const server = spawn(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' });
  // The server ends in its own time: what has arrived is made durable first.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
  process.exitCode = await new Promise((resolve) => server.once('exit', (code) => resolve(code)));
});
