// Which Chromium the browser tests drive, and how it is started.
import { existsSync } from 'node:fs';
import { findProgram } from './programs.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const bundles = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** $CHROME_PATH when set, else the first Chromium found; undefined when there is none. */
export function chromiumPath() {
  const chosen = process.env.CHROME_PATH;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  for (const name of names) {
    const found = findProgram(name);
    if (found) return found;
  }
  return bundles.find((bundle) => existsSync(bundle));
}

/** Pass these besides playwright's own: headless, and nothing that calls home. */
export const chromiumArguments = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
