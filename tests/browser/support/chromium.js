// The browser of one test file: a Chromium of its own with a profile of its own.
//
// It is started by hand and then connected to, because playwright's own way of starting one
// makes every page believe that it has the focus, and such a page can't be frozen or hidden.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumArguments, chromiumPath } from '../../../scripts/lib/chromium.mjs';

/** `insecure.test` is this machine too, but by a name that makes no page a secure context. */
export const insecureHost = 'insecure.test';

const switches = [
  '--remote-debugging-port=0',
  '--no-default-browser-check',
  '--window-size=1280,900',
  '--mute-audio',
  '--disable-extensions',
  // A page that was frozen stays hidden, and hidden pages would have one timer a second.
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  // A crash is to take one tab with it, not the tabs beside it.
  '--disable-features=ProcessPerSiteUpToMainFrameThreshold',
  `--host-resolver-rules=MAP ${insecureHost} 127.0.0.1`,
  'about:blank',
];

function addressOf(child) {
  return new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
      const match = /DevTools listening on (ws:\S+)/.exec(said);
      if (match) resolve(match[1]);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}:\n${said}`)));
  });
}

async function remove(folder) {
  // Chromium's helpers may still be writing their last files for a moment.
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

/** A folder for a profile that several browsers use, one after the other. */
export function makeProfile() {
  const folder = mkdtempSync(join(tmpdir(), 'danji-chromium-'));
  return { folder, remove: () => remove(folder) };
}

/**
 * Starts Chromium; `close()` ends it and removes its profile, unless that was given. `kill()` ends
 * it in the middle of whatever it does.
 */
export async function startChromium({ profile: given } = {}) {
  const profile = given ?? makeProfile().folder;
  const child = spawn(chromiumPath(), [...chromiumArguments, `--user-data-dir=${profile}`, ...switches], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const browser = await chromium.connectOverCDP(await addressOf(child), { noDefaults: true });
  const control = await browser.newBrowserCDPSession();
  const close = async () => {
    // The browser goes with its answer still on the way.
    await control.send('Browser.close').catch(() => {});
    await ended;
    process.off('exit', kill);
    if (given === undefined) await remove(profile);
  };
  const killNow = async () => {
    kill();
    await ended;
    process.off('exit', kill);
  };
  return { context: browser.contexts()[0], control, close, kill: killNow };
}

/**
 * Waits until `look` gives something true in the page. It looks by a timer: unless it is told,
 * playwright looks at each frame that is drawn, and a page that is hidden draws none.
 */
export function untilIn(page, look, { timeout = 30_000 } = {}) {
  return page.waitForFunction(look, null, { timeout, polling: 50 });
}
