// What a page may be like: strict policies, no Web Locks, two copies of the package.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inCluster } from './harness.js';

const permitted = (tab) => tab.evaluate(() => window.tab.permitted);
const engine = (tab) => tab.evaluate(() => window.tab.manager.engine);

test(
  'danji works under a strict policy and danji/js under one that forbids WebAssembly, together',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const usual = await cluster.open();
    const strict = await cluster.open({ query: { policy: 'strict' } });
    const plain = await cluster.open({ path: '/pages/plain.html', query: { policy: 'plain' } });
    assert.deepEqual(await permitted(strict), { eval: false, wasm: true });
    assert.deepEqual(await permitted(plain), { eval: false, wasm: false });
    assert.deepEqual(await Promise.all([strict, plain].map(engine)), ['wasm', 'js']);

    await strict.set('cart', { items: { 'p-1': 1 }, note: '단지' });
    await plain.set('theme', 'dark');
    await plain.set('total', 1e300);
    await usual.set('total', 0.1);
    await cluster.rest();

    for (const tab of [usual, strict, plain]) {
      assert.deepEqual(await tab.get('cart'), { items: { 'p-1': 1 }, note: '단지' });
      assert.equal(await tab.get('theme'), 'dark');
      assert.equal(await tab.get('total'), 0.1);
    }
    await usual.close();
    await strict.close();
    await plain.until('it leads', () => window.tab.manager.tabs.isLeader());
    await cluster.open({ query: { policy: 'strict' } });
  }),
);

test(
  'a page whose policy forbids WebAssembly is told what to do about it',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const page = await cluster.open({ path: '/pages/refused.html', query: { policy: 'plain' } });

    const refusal = await page.evaluate(() => window.refusal);

    assert.equal(refusal.isDanjiError, true);
    assert.equal(refusal.code, 'NO_ENGINE');
    assert.match(refusal.message, /wasm-unsafe-eval.*danji\/js/);
  }),
);

const insecure = { isInsecure: true };
const sandboxed = { query: { policy: 'sandboxed' } };
const withoutChannel = { query: { channel: 'none' } };

for (const [what, options, reason] of [
  ['without Web Locks, as in an insecure context,', insecure, 'no-web-locks'],
  ['where Web Locks are denied, as in a sandboxed frame,', sandboxed, 'no-web-locks'],
  ['without BroadcastChannel', withoutChannel, 'no-broadcast-channel'],
]) {
  test(
    `${what} tabs work alone and say why`,
    { timeout: 60_000 },
    inCluster(async (cluster) => {
      // One namespace, but nobody expects them to agree.
      const query = { ...options.query, namespace: cluster.namespace() };
      const first = await cluster.open({ ...options, query, group: 'first' });
      const second = await cluster.open({ ...options, query, group: 'second' });

      const receipt = await first.set('theme', 'dark');

      assert.equal(receipt.applied, 'acked');
      assert.equal(await first.get('theme'), 'dark');
      assert.equal(await second.get('theme'), null);
      for (const tab of [first, second]) {
        await tab.evaluate(() => window.tab.manager.ready);
        const tabs = await tab.evaluate(() => {
          const { tabs: view } = window.tab.manager;
          return { aloneBecause: view.aloneBecause, role: view.role, peers: view.peers() };
        });
        assert.deepEqual(tabs, { aloneBecause: reason, role: 'alone', peers: [] });
      }
    }),
  );
}

test(
  'two copies of the package on one page share one core, and its tabs',
  { timeout: 60_000 },
  inCluster(async (cluster) => {
    const page = await cluster.open({ path: '/pages/copies.html' });
    const other = await cluster.open();

    const seen = await page.evaluate(async () => {
      const { first, second } = window.copies;
      const heard = [];
      second.unit.subscribe(second.theme, (value) => heard.push(value));
      await first.unit.setState(first.theme, 'dark');
      const thrown = (() => {
        try {
          void first.unit.setState(first.theme, undefined);
        } catch (error) {
          return error;
        }
      })();
      return {
        areTwo: first.createStateManager !== second.createStateManager,
        heard,
        isTheirError: thrown instanceof second.DanjiError,
        ids: [first.manager.tabs.id, second.manager.tabs.id],
      };
    });

    assert.equal(seen.areTwo, true);
    assert.deepEqual(seen.heard, ['dark']);
    assert.equal(seen.isTheirError, true);
    assert.equal(seen.ids[0], seen.ids[1]);
    assert.equal((await page.look()).length, 1);
    await other.until('the other tab hears', () => window.tab.read(['theme'])[0].value === 'dark');
    // What remains of the page's core when one of the two teams leaves.
    await page.evaluate(() => window.copies.first.manager.close());
    await other.set('theme', 'light');
    await cluster.rest();
    assert.equal(await page.evaluate(() => window.copies.second.unit.getState('theme')), 'light');
  }),
);
