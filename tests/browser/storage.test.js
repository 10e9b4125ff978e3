// indexedDbStorage in a real Chromium: the laws of every adapter, and what only a browser does to
// its storage. Faults that Chromium does not have are in tests/js/storage_faults.test.js.
import assert from 'node:assert/strict';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { laws } from '../storage/laws.js';
import { seedsOf } from '../storage/seeds.js';
import { until } from './support/agreement.js';
import { makeProfile, startChromium, untilIn } from './support/chromium.js';
import { startServer } from './support/server.js';

let server;
let browser;

before(async () => {
  [server, browser] = await Promise.all([startServer(), startChromium()]);
});

after(async () => {
  await browser?.close();
  await server?.close();
});

async function openPage({ context } = browser, origin = server.origin) {
  const page = await context.newPage();
  await page.goto(`${origin}/pages/storage.html`);
  await untilIn(page, () => window.storage !== undefined);
  return page;
}

/** A page's process ends in the middle of whatever it does. */
async function crash(page) {
  const session = await page.context().newCDPSession(page);
  const crashed = new Promise((resolve) => page.once('crash', resolve));
  // The answer never comes: who would give it is gone.
  session.send('Page.crash').catch(() => {});
  await crashed;
  await page.close();
}

/** Lets a page commit generations in `cluster`; `last()` is the last that it said is done. */
async function writerIn(page, cluster, durability = 'relaxed') {
  let last = -1;
  page.on('console', (message) => {
    const [, number] = /^done (\d+)$/.exec(message.text()) ?? [];
    if (number !== undefined) last = Number(number);
  });
  await page.evaluate(async ([name, how]) => {
    const adapter = await window.storage.open(name);
    const first = (await window.storage.readGeneration(adapter)) + 1;
    void window.storage.writeGenerations(adapter, first, how);
  }, [cluster, durability]);
  return { last: () => last };
}

function generationIn(page, cluster) {
  return page.evaluate(async (name) => {
    const adapter = await window.storage.open(name);
    const number = await window.storage.readGeneration(adapter);
    await adapter.close();
    return number;
  }, cluster);
}

test('in Chromium, every law of the adapters holds', { timeout: 60_000 }, async (t) => {
  const page = await openPage();
  const seeds = seedsOf(t, 3);

  for (const [number, { name }] of laws.entries()) {
    await t.test(name, async () => {
      const wanted = name.startsWith('any run') ? seeds : seeds.slice(0, 1);
      for (const seed of wanted) {
        await page.evaluate(([place, chosen]) => window.storage.runLaw(place, chosen), [number, seed]);
      }
    });
  }
  await page.close();
});

test('a tab that dies in a commit leaves all of it or nothing, and all that was done before', {
  timeout: 60_000,
}, async (t) => {
  const witness = await openPage();
  let done = -1;
  for (let round = 0; round < 5; round++) {
    const page = await openPage();
    const writer = await writerIn(page, 'crashes');
    const wanted = done + 3 + round;
    await until('it wrote some', () => writer.last() >= wanted);
    await crash(page);

    done = writer.last();
    const found = await generationIn(witness, 'crashes');

    assert.ok(found >= done, `${found} is there of ${done}`);
    // The next page goes on from what is there.
    done = found;
  }
  t.diagnostic(`${done} generations`);
  await witness.close();
});

test('two tabs that expect what they read lose no commit of each other', { timeout: 60_000 }, async (t) => {
  const tabs = [await openPage(), await openPage()];
  const count = (tab) =>
    tab.evaluate(async () => {
      const adapter = await window.storage.open('counter');
      return window.storage.count(adapter, 150);
    });

  const stale = await Promise.all(tabs.map(count));

  const rows = await tabs[0].evaluate(async () => {
    const adapter = await window.storage.open('counter');
    return (await window.storage.readAll(adapter)).map(([, bytes]) => [...bytes]);
  });
  assert.deepEqual(rows, [[300 & 255, 300 >> 8]]);
  t.diagnostic(`${stale} were stale`);
  for (const tab of tabs) await tab.close();
});

test('a commit that finds no room is refused with QUOTA and has not happened', async () => {
  // An origin of its own: what was deleted in the other one gives room back at any time.
  const origin = server.origin.replace('127.0.0.1', 'localhost');
  const page = await openPage(browser, origin);
  const session = await browser.context.newCDPSession(page);
  const limit = (size) => session.send('Storage.overrideQuotaForOrigin', { origin, ...size });
  await limit({ quotaSize: 3_000_000 });

  const found = await page.evaluate(async () => {
    const { bytesOf, noise, open, outcomeOf, readAll } = window.storage;
    const adapter = await open('quota');
    const outcomes = [];
    for (let place = 0; place < 8; place++) {
      const put = [['last', bytesOf(place)], [`noise/${place}`, noise(900_000)]];
      outcomes.push(await outcomeOf(adapter.commit({ put }, 'relaxed')));
    }
    const [[, [last]]] = await readAll(adapter, 'last', 'last0');
    const kept = (await readAll(adapter, 'noise/', 'noise0')).length;
    return { outcomes, last, kept };
  });
  await limit({});
  const later = await page.evaluate(async () => {
    const adapter = await window.storage.open('quota');
    return window.storage.outcomeOf(adapter.clear());
  });

  const done = found.outcomes.filter((outcome) => outcome === 'done').length;
  assert.deepEqual(new Set(found.outcomes), new Set(['done', 'QUOTA']));
  assert.equal(found.kept, done);
  assert.equal(found.outcomes[found.last], 'done');
  assert.equal(later, 'done');
  await page.close();
});

test('a transaction that another tab holds open does not hold up this one for ever', async () => {
  const [holder, page] = [await openPage(), await openPage()];
  const release = await holder.evaluateHandle(async () => {
    await window.storage.open('held');
    return window.storage.holdOpen('held');
  });

  const outcomes = await page.evaluate(async () => {
    const { bytesOf, open, outcomeOf } = window.storage;
    const adapter = await open('held', { stallMillisMax: 200 });
    const late = { expect: [['cart', null]], put: [['cart', bytesOf(1)]] };
    const asked = [adapter.commit(late, 'strict'), adapter.read('a', 'b', () => {})];
    return Promise.all(asked.map(outcomeOf));
  });
  await release.evaluate((call) => call());

  assert.deepEqual(outcomes, ['STORAGE/stalled', 'STORAGE/stalled']);
  const later = await page.evaluate(async () => {
    const { bytesOf, open, outcomeOf } = window.storage;
    const adapter = await open('held');
    const commit = { expect: [['cart', null]], put: [['cart', bytesOf(2)]] };
    return outcomeOf(adapter.commit(commit, 'relaxed'));
  });
  assert.equal(later, 'done');
  for (const tab of [holder, page]) await tab.close();
});

test('a database that another tab deletes is gone at once, and this tab goes on with an empty one', async () => {
  const [page, other] = [await openPage(), await openPage()];
  const commit = (tab, before, after) =>
    tab.evaluate(async ([expected, value]) => {
      const { bytesOf, open, outcomeOf } = window.storage;
      window.adapter ??= await open('deleted');
      const expect = [['cart', expected === null ? null : bytesOf(expected)]];
      return outcomeOf(window.adapter.commit({ expect, put: [['cart', bytesOf(value)]] }, 'relaxed'));
    }, [before, after]);
  assert.equal(await commit(page, null, 1), 'done');

  await other.evaluate(() => window.storage.deleteDatabase('danji.1.deleted'));

  assert.equal(await commit(page, 1, 2), 'STALE');
  assert.equal(await commit(page, null, 3), 'done');
  for (const tab of [page, other]) await tab.close();
});

test('a page without a right to storage says so at once', async () => {
  const page = await browser.context.newPage();
  await page.goto(`${server.origin}/pages/storage.html?policy=sandboxed`);
  await untilIn(page, () => window.storage !== undefined);

  const found = await page.evaluate(async () => {
    const { open, outcomeOf, protectStorage } = window.storage;
    return [await outcomeOf(open('shop')), await protectStorage()];
  });

  assert.deepEqual(found, ['STORAGE/unavailable', false]);
  await page.close();
});

/** Chromium keeps large values in files of their own. */
function largeValueFiles(profile) {
  return readdirSync(profile, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.indexeddb\.blob/.test(entry.parentPath ?? entry.path))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

test('strict commits outlive the browser, and a row whose file is gone hides no other', {
  timeout: 60_000,
}, async () => {
  const profile = makeProfile();
  const started = [];
  const start = async () => {
    started.push(await startChromium({ profile: profile.folder }));
    return started.at(-1);
  };
  try {
    const first = await start();
    const page = await openPage(first);
    const writer = await writerIn(page, 'killed', 'strict');
    await page.evaluate(async () => {
      const adapter = await window.storage.open('large');
      const { noise } = window.storage;
      const small = Array.from({ length: 1500 }, (_, number) => [`row/${1000 + number}`, noise(10)]);
      await adapter.commit({ put: [...small, ['row/1700/large', noise(300_000)]] }, 'strict');
    });
    await until('it wrote some', () => writer.last() >= 5);
    await first.kill();
    const large = largeValueFiles(profile.folder);
    assert.equal(large.length, 1);
    rmSync(large[0]);

    const second = await start();
    const later = await openPage(second);
    const found = await generationIn(later, 'killed');
    const rows = await later.evaluate(async () => {
      const { bytesOf, errors, open, outcomeOf, readAll } = window.storage;
      const adapter = await open('large');
      const keys = (await readAll(adapter)).map(([key]) => key);
      return { keys, errors, commit: await outcomeOf(adapter.commit({ put: [['a', bytesOf(1)]] })) };
    });

    assert.ok(found >= writer.last(), `${found} is there of ${writer.last()}`);
    assert.deepEqual(rows.keys, Array.from({ length: 1500 }, (_, number) => `row/${1000 + number}`));
    assert.match(rows.errors.join(), /^STORAGE: the row 'row\/1700\/large'[^,]*$/);
    assert.equal(rows.commit, 'done');
  } finally {
    for (const each of started) await each.close();
    await profile.remove();
  }
});
