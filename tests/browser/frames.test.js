// Frames: parts of a page that are not trusted and so live at another origin, and pages of this
// origin that a page of another site has put into a frame.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataFolder, endAll, startProcess } from '../server/harness.js';
import { inCluster, until } from './harness.js';

const guestPath = '/pages/guest.html';

/** The page with the broker, and a frame in it; `host` is the name of the frame's machine. */
async function openPage(cluster) {
  const tab = await cluster.open({ path: '/pages/broker.html' });
  const { origin, port } = new URL(tab.page.url());
  const at = (host) => `http://${host}:${port}`;
  /** Adds a frame, admitted as being of `admitted`, and waits until its scripts ran. */
  const add = async (name, { host = 'localhost', admitted = null, sandbox = null } = {}) => {
    const url = `${at(host)}${guestPath}?page=${encodeURIComponent(origin)}`;
    await tab.evaluate((options) => window.add(options), { name, url, admitted, sandbox });
    return frameOf(tab, name);
  };
  const refused = () => tab.evaluate(() => window.broker.refused);
  return { tab, origin, at, add, refused };
}

async function frameOf(tab, name) {
  await until('the frame is there', () =>
    tab.page.frame({ name })?.evaluate(() => window.guest !== undefined).catch(() => false));
  return tab.page.frame({ name });
}

const isConnected = (frame) => () => frame.evaluate(() => window.guest.link !== null);
const ask = (frame) => frame.evaluate(() => window.guest.ask());
const write = (frame, key, value) =>
  frame.evaluate(([name, what]) => window.guest.write(name, what), [key, value]);

test(
  'T18: a frame of another origin has the states that it was given, and no others',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const { tab, at, add, refused } = await openPage(cluster);
    const frame = await add('guest', { admitted: at('localhost') });
    await until('it is let in', isConnected(frame));
    await tab.evaluate(() => window.unit.setState(window.states.offer, { price: 7 }));
    await until('it is told', () =>
      frame.evaluate(() => window.guest.link.getState('offer').price === 7));

    assert.equal(await write(frame, 'answer', 'yes'), 'OK');
    assert.equal(await tab.evaluate(() => window.unit.getState(window.states.answer)), 'yes');
    const by = await tab.evaluate(() => window.unit.readState(window.states.answer).meta.updatedBy);
    assert.equal(by, 'frame-guest');
    assert.equal(await write(frame, 'offer', { price: 0 }), 'FORBIDDEN', 'it may only read it');
    assert.equal(await write(frame, 'secret', 'mine'), 'FORBIDDEN');
    assert.equal(await write(frame, '__proto__', 'mine'), 'FORBIDDEN');
    assert.equal(await frame.evaluate(() => window.guest.read('secret')), 'FORBIDDEN');
    assert.equal(await frame.evaluate(() => window.guest.read('answer')), 'FORBIDDEN');
    assert.deepEqual(await frame.evaluate(() => window.guest.told), [['offer', { price: 7 }]]);
    assert.equal(await frame.evaluate(() => window.guest.reach()), 'SecurityError');

    const nonsense = await frame.evaluate(() => window.guest.postNonsense());
    await until('it is counted', async () => (await refused()) === nonsense);
    const secret = await tab.evaluate(() => window.unit.getState(window.states.secret));
    assert.equal(secret, 'of the page');
    await tab.evaluate(() => window.dismiss('guest'));
    await tab.evaluate(() => window.unit.setState(window.states.offer, { price: 8 }));
    await frame.evaluate(() => void window.guest.link.setState('answer', 'no'));
    await ask(frame);
    await until('it is heard no more', async () => (await refused()) > nonsense);
    assert.equal((await frame.evaluate(() => window.guest.told)).length, 1);
    assert.equal(await tab.evaluate(() => window.unit.getState(window.states.answer)), 'yes');
  }),
);

test(
  'T18: who is in another frame or of another origin gets no port, and is counted',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const { tab, at, add, refused } = await openPage(cluster);
    const admitted = await add('guest', { admitted: at('localhost') });
    await until('it is let in', isConnected(admitted));
    assert.equal(await refused(), 0);
    const staysOutside = async (frame) => {
      const asked = await refused();
      await ask(frame);
      await until('it is counted', async () => (await refused()) > asked + 1);
      assert.equal(await frame.evaluate(() => window.guest.link), null);
      assert.deepEqual(await frame.evaluate(() => window.guest.heard), []);
    };

    const neighbour = await add('neighbour');
    await staysOutside(neighbour);
    await tab.evaluate(() => window.remove('neighbour'));
    const impostor = await add('impostor', { host: '127.0.0.1', admitted: at('localhost') });
    await staysOutside(impostor);
    await tab.evaluate(() => window.remove('impostor'));
    const before = await refused();
    await tab.evaluate(() => window.postMessage({ danji: 'frame', document: 'any' }));
    await until('it is counted', async () => (await refused()) > before);
    // The frame that was admitted shows a page of somebody else now.
    await tab.evaluate((origin) => window.go('guest', origin), at('127.0.0.1'));
    await until('it is another page', () =>
      tab.page.frame({ name: 'guest' }).url().startsWith(at('127.0.0.1')));
    await staysOutside(await frameOf(tab, 'guest'));
  }),
);

test(
  'T18: a frame in a sandbox is known by its window, and one that loads anew gets a new port',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const { add } = await openPage(cluster);
    const frame = await add('guest', { admitted: 'null', sandbox: 'allow-scripts' });
    await until('it is let in', isConnected(frame));
    assert.equal(await write(frame, 'answer', 'yes'), 'OK');

    await frame.evaluate(() => location.reload()).catch(() => {});
    await until('it is let in again', () => isConnected(frame)().catch(() => false));

    assert.equal(await write(frame, 'answer', 'again'), 'OK');
  }),
);

test(
  'T19: a page in a frame of another site is a device of its own, and waits for no other tab',
  { timeout: 120_000 },
  inCluster(async (cluster) => {
    const data = dataFolder();
    let server = await startProcess(data);
    const { port, url } = server;
    const query = { server: url };
    try {
      const top = await cluster.open({ group: 'top', query: { ...query, namespace: 'both' } });
      const { origin } = new URL(top.page.url());
      const inner = `${origin}/pages/tab.html?namespace=both&server=${encodeURIComponent(url)}`;
      const around = await cluster.open({ path: '/pages/around.html', query: { frame: inner } });
      await around.page.goto(around.page.url().replace('127.0.0.1', 'localhost'));
      await until('the frame is there', () =>
        around.page
          .frame({ name: 'inner' })
          ?.evaluate(() => window.tab !== undefined)
          .catch(() => false),
      );
      const frame = around.page.frame({ name: 'inner' });
      const places = [top.page, frame];
      const set = (place, key, value) =>
        place.evaluate(([name, what]) => void window.tab.set(name, what), [key, value]);
      const shows = (place, key, value) => () =>
        place.evaluate(([name, what]) => window.tab.read([name])[0].value === what, [key, value]);
      for (const place of places) {
        await until('it leads', () =>
          place.evaluate(() => window.tab.manager.tabs.role === 'leader'),
        );
        assert.deepEqual(await place.evaluate(() => window.tab.manager.tabs.peers()), []);
      }

      await set(top.page, 'color', 'red');
      await until('the frame hears it from the server', shows(frame, 'color', 'red'));
      await server.kill();
      for (const place of places) {
        await until('it is offline', () =>
          place.evaluate(() => window.tab.manager.connection.status() === 'offline'));
      }
      await set(frame, 'size', 'large');
      await set(top.page, 'color', 'green');
      assert.equal(await shows(frame, 'size', 'large')(), true, 'it is shown at once');
      assert.equal(await shows(top.page, 'color', 'green')(), true, 'it is shown at once');
      await frame.evaluate(() => window.tab.unit.getState(window.tab.state('color')));
      assert.equal(await shows(frame, 'color', 'red')(), true, 'nobody told it');
      await frame.evaluate(() => window.tab.manager.ready);

      server = await startProcess(data, { port });
      await until('the frame hears it from the server', shows(frame, 'color', 'green'));
      await until('the page hears it from the server', shows(top.page, 'size', 'large'));
      await cluster.check();
    } finally {
      await endAll();
    }
  }),
);
