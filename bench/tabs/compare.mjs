// Two tabs of one Chromium, library beside library: from a set to the other tab's listener, many
// sets one behind the other, and what a page that is opened anew has of what was kept. Libraries
// take turns; one that did not do the work fails the run.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { chromiumArguments, chromiumPath } from '../../scripts/lib/chromium.mjs';
import { buildFolder } from '../../scripts/lib/paths.mjs';
import { NotInTime, median, within } from '../server/measuring.mjs';

export const adapters = ['relay', 'yjs', 'tinybase', 'danji'];
export const titles = {
  relay: 'bare channel', yjs: 'Yjs', tinybase: 'TinyBase', danji: 'Danji',
};
export const quickAdapters = ['relay', 'yjs', 'danji'];

export const thorough = {
  rounds: 2, pings: 300, sets: 5_000, entries: 10_000, opens: 4, keeps: 10,
};
export const quick = { rounds: 1, pings: 50, sets: 1_000, entries: 1_000, opens: 1, keeps: 5 };

const limitMillis = 90_000;
const floodMillisMax = 10_000;
const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

async function buildPages() {
  const outDir = join(buildFolder, 'bench-tabs');
  await build({
    root: fileURLToPath(new URL('page', import.meta.url)),
    configFile: false,
    logLevel: 'silent',
    build: { outDir, emptyOutDir: true, target: 'es2022' },
  });
  return outDir;
}

async function servePages(folder) {
  const server = createServer(({ url }, response) => {
    const { pathname } = new URL(url, 'http://here');
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream');
    response.end(readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Tabs of a context of their own, in which nothing is kept yet. */
async function inContext({ browser, origin }, adapter, body) {
  const context = await browser.newContext();
  context.setDefaultTimeout(limitMillis);
  const open = async (more = '') => {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(adapter, String(error)));
    await page.goto(`${origin}/?adapter=${adapter}${more}`);
    await page.waitForFunction(() => window.bench !== undefined);
    return page;
  };
  try {
    return await within(limitMillis, adapter, body(open));
  } finally {
    await context.close();
  }
}

async function betweenTabs(place, adapter, { pings, sets }) {
  return inContext(place, adapter, async (open) => {
    const [one, other] = [await open(), await open()];
    await other.evaluate(() => window.bench.answer());
    const millis = await one.evaluate((times) => window.bench.ping(times), pings);
    await other.evaluate((totals) => window.bench.follow(totals), [sets, 2 * sets]);
    assert.equal(await other.evaluate(() => window.bench.get('ping')), pings, adapter);
    const tabMillis = median(millis.slice(pings / 5));
    const flood = async (...range) => {
      const took = one.evaluate((given) => window.bench.flood(...given), range);
      return (sets / (await within(floodMillisMax, adapter, took))) * 1000;
    };
    try {
      const perSecond = await flood(1, sets, false);
      const perSecondApart = await flood(sets + 1, 2 * sets, true);
      assert.equal(await other.evaluate(() => window.bench.get('count')), 2 * sets, adapter);
      return { tabMillis, perSecond, perSecondApart };
    } catch (error) {
      // Who is too slow has no number; who ended elsewhere fails.
      if (!(error instanceof NotInTime)) throw error;
      return { tabMillis, perSecond: NaN, perSecondApart: NaN };
    }
  });
}

async function kept(place, adapter, { entries, opens, keeps }) {
  return inContext(place, adapter, async (open) => {
    const writer = await open('&keeps');
    await writer.evaluate((count) => window.bench.fill(count), entries);
    await writer.close();
    const readMillis = [];
    let keepMillis = [];
    for (let turn = 0; turn < opens; turn++) {
      const reader = await open(`&keeps&read=${entries - 1}`);
      const { millis, isRight } = await reader.evaluate(() => window.first);
      assert.ok(isRight, `${adapter} has not kept what was written`);
      readMillis.push(millis);
      const first = await reader.evaluate(() => window.bench.read(0));
      assert.ok(first.isRight, `${adapter} has not kept what was written first`);
      keepMillis = await reader.evaluate((times) => window.bench.keep(times), keeps);
      await reader.close();
    }
    return { readMillis: median(readMillis), keepMillis: median(keepMillis) };
  });
}

/** The medians of all rounds, by adapter. */
export async function compare(effort, names = adapters) {
  const server = await servePages(await buildPages());
  const browser = await chromium.launch({
    executablePath: chromiumPath(), args: chromiumArguments,
  });
  const place = { browser, origin: `http://127.0.0.1:${server.address().port}` };
  const answers = new Map(names.map((name) => [name, []]));
  try {
    for (let round = 0; round < effort.rounds; round++) {
      for (let turn = 0; turn < names.length; turn++) {
        const name = names[(turn + round) % names.length];
        const live = await betweenTabs(place, name, effort);
        answers.get(name).push({ ...live, ...(await kept(place, name, effort)) });
      }
    }
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
  return Object.fromEntries([...answers].map(([name, list]) => [name, mediansOf(list)]));
}

function mediansOf(answers) {
  const medianOf = (key) => median(answers.map((answer) => answer[key]));
  return Object.fromEntries(Object.keys(answers[0]).map((key) => [key, medianOf(key)]));
}
