// A demo: a page and its sync server at one address, served until somebody has seen enough.
import { Stop } from './steps.mjs';

/** Resolves at Ctrl-C, or when the process is asked to end. */
function untilInterrupted() {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

async function check(url) {
  const response = await fetch(url);
  const page = await response.text();
  if (!response.ok || !page.includes('<script')) {
    throw new Stop(`The page does not come: ${url} answered ${response.status}.`);
  }
  const health = await fetch(new URL('healthz', url));
  if (!health.ok) throw new Stop(`The page's server is not well: ${health.status}.`);
  console.log('The page is there, and its server is well.');
}

/** Says where the page is, and serves it until Ctrl-C; with --check it is only looked at once. */
export async function present(server, { name, hints }) {
  console.log(`\n${name}: ${server.url}`);
  if (process.argv.includes('--check')) {
    await check(server.url);
  } else {
    for (const hint of hints) console.log(hint);
    await untilInterrupted();
    console.log('');
  }
  await server.close();
}
