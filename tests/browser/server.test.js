// Browsers and a server: the tabs of one browser have one connection together, and pages of another
// browser see what they write. Another namespace stands for another browser: its tabs hear nothing
// of these but through the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataFolder, endAll, startProcess } from '../server/harness.js';
import { inCluster, until } from './harness.js';

/** A test with a server process; `open` opens a tab that is connected to it. */
function withServer(body) {
  return inCluster(async (cluster) => {
    const data = dataFolder();
    let server = await startProcess(data);
    const { port, url } = server;
    const open = (group = 'main', query = {}) =>
      cluster.open({ group, query: { server: url, ...query } });
    const connections = async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return Number(/^danji_connections (\d+)$/m.exec(text)[1]);
    };
    const restart = async () => {
      await server.kill();
      return async () => (server = await startProcess(data, { port }));
    };
    try {
      await body({ cluster, open, connections, restart });
      // While the server lives: what the tabs have must come to rest.
      await cluster.check();
    } finally {
      await endAll();
    }
  });
}

const statusOf = (tab) => tab.evaluate(() => window.tab.manager.connection.status());
const isOnline = (tab) => async () => (await statusOf(tab)) === 'online';
const shows = (tab, key, value) => async () => (await tab.get(key)) === value;

test(
  'one tab holds the connection, all of them know how it stands, another browser sees it all',
  { timeout: 120_000 },
  withServer(async ({ cluster, open, connections }) => {
    const tabs = [await open(), await open(), await open()];
    const elsewhere = await open('elsewhere');
    await tabs[0].set('color', 'red');
    await elsewhere.set('size', 'large');

    for (const tab of [...tabs, elsewhere]) {
      await until('it shows what was written', shows(tab, 'color', 'red'));
      await until('it shows what was written', shows(tab, 'size', 'large'));
      await until('it is online', isOnline(tab));
    }

    assert.equal(await connections(), 2);
    const leader = await cluster.leader('main');
    const follower = tabs.find((tab) => tab !== leader);
    const receipt = await follower.set('color', 'green');
    await until('it shows what a follower wrote', shows(elsewhere, 'color', 'green'));
    assert.equal(receipt.applied, 'acked');
    const late = await open();
    await until('a tab that came later knows', isOnline(late));
  }),
);

test(
  'when the tab with the connection crashes, another one connects and brings what was written',
  { timeout: 120_000 },
  withServer(async ({ cluster, open, connections }) => {
    const first = await open();
    await open();
    const elsewhere = await open('elsewhere');
    await first.set('round', 0);
    for (let round = 1; round <= 3; round++) {
      const leader = await cluster.leader('main');
      const follower = cluster.live('main').find((tab) => tab !== leader);
      await until('it is online', isOnline(follower));
      await leader.crash();
      await follower.set('round', round);
      await until('another browser sees it', shows(elsewhere, 'round', round));
      await until('there are two connections', async () => (await connections()) === 2);
      await open();
    }
  }),
);

test(
  'what is written while the server is dead arrives when it is back, also from a tab that closed',
  { timeout: 120_000 },
  withServer(async ({ cluster, open, restart }) => {
    const tabs = [await open(), await open()];
    const elsewhere = await open('elsewhere');
    await tabs[0].set('kept', 1);
    await until('it shows', shows(elsewhere, 'kept', 1));
    const start = await restart();
    for (const tab of [...tabs, elsewhere]) {
      await until('it is offline', async () => (await statusOf(tab)) === 'offline');
    }
    const leader = await cluster.leader('main');
    const follower = tabs.find((tab) => tab !== leader);
    for (const [tab, key] of [[leader, 'mine'], [follower, 'yours']]) {
      await tab.evaluate((name) => void window.tab.set(name, 2), key);
      assert.equal(await tab.get(key), 2, 'it is shown at once');
    }
    await until('the other tab shows it', shows(follower, 'mine', 2));
    await leader.close();

    await start();

    await elsewhere.evaluate(() => window.tab.run([['open', 'mine'], ['open', 'yours']]));
    await until('the write of the closed tab arrived', shows(elsewhere, 'mine', 2));
    await until('the write of the tab that lives arrived', shows(elsewhere, 'yours', 2));
  }),
);
