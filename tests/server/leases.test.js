// What servers of the same spaces rely on: that a space has one writer, and that the others hear of it.
import assert from 'node:assert/strict';
import { redisStore } from 'danji-server';
import { atEnd, startRedis, test, until } from './harness.js';

const row = (index, address = 'server/a') => ({
  address, index, bytes: new TextEncoder().encode(`row ${index}`),
});

const base = (index) => ({ ...row(index), bytes: new TextEncoder().encode('all in one') });

async function openTwo({ leaseMillis = 60_000 } = {}) {
  const { url } = await startRedis();
  return [0, 1].map(() => {
    const store = redisStore(url, { leaseMillis });
    atEnd(() => store.close());
    const heard = [];
    store.shared.listen({
      rows: (address) => heard.push(['rows', address]),
      forwarded: (address, message) => heard.push(['forwarded', address, String(message)]),
      said: (room, data) => heard.push(['said', room, data]),
      back: () => {},
    });
    return { store, logs: store.shared, heard };
  });
}

test('a space is led by one server until it gives it up', async () => {
  const [one, other] = await openTwo();

  assert.equal((await one.logs.lead('server/a')).isStale, false);
  assert.equal(await other.logs.lead('server/a'), null);
  assert.equal((await other.logs.lead('server/b')).isStale, false);
  await one.logs.leave('server/a');
  const lease = await other.logs.lead('server/a');
  assert.equal(lease.isStale, false);
  await lease.giveUp();
  assert.equal((await one.logs.lead('server/a')).isStale, false);
  await lease.giveUp();
  assert.equal(await other.logs.lead('server/a'), null, 'it was not his to give up any more');
  assert.deepEqual(await one.logs.renew(), []);
});

test('who slept longer than its lease appends nothing any more, though its index is the next', async () => {
  const [one, other] = await openTwo({ leaseMillis: 50 });
  await one.logs.lead('server/a');
  await one.logs.lead('server/b');
  await one.store.append([row(1), row(1, 'server/b')]);
  await until(async () => (await other.logs.lead('server/a')) !== null);

  await assert.rejects(one.store.append([row(2), row(2, 'server/b')]), ({ addresses }) => {
    assert.deepEqual(addresses, ['server/a']);
    return true;
  });
  await assert.rejects(one.store.condense(base(1)));
  assert.deepEqual(await one.logs.renew(), ['server/a']);
  assert.equal((await other.logs.readOn('server/b', null)).length, 1, 'all or none');
  await other.store.append([row(2)]);
  await one.store.append([row(2, 'server/b')]);
  assert.equal((await one.logs.readOn('server/a', null)).length, 2);
});

test('a log that lost something takes no row before who leads it knows', async () => {
  const [one, other] = await openTwo();
  await one.logs.lead('server/a');
  await one.store.append([row(1)]);
  const [{ id }] = await one.logs.readOn('server/a', null);
  const mark = 0x20776f72; // The first bytes, as a number.
  assert.equal(await other.logs.look('server/a', { id, mark }), 'same');
  assert.equal(await other.logs.look('server/a', { id, mark: 7 }), 'lost');
  assert.equal(await other.logs.look('server/a', { id: '2-0', mark }), 'lost');

  await other.logs.markStale('server/a');
  await assert.rejects(one.store.append([row(2)]));
  await one.logs.leave('server/a');
  assert.equal((await other.logs.lead('server/a')).isStale, true);
  await other.store.condense(base(1));
  await other.store.append([row(2)]);
});

test('ops are handed to whoever leads, and rows and words are heard of', async () => {
  const [one, other] = await openTwo();
  const message = new TextEncoder().encode('ops');
  assert.equal(await other.logs.forward('server/a', message), -1);
  await other.logs.join('server/a');
  await one.logs.lead('server/a');
  assert.equal(await other.logs.forward('server/a', message), 1);
  await one.store.append([row(1)]);
  other.logs.enterRoom('global#chat');
  await until(() => {
    one.logs.say('global#chat', '"hello"');
    return other.heard.some(([kind]) => kind === 'said');
  });

  assert.deepEqual(one.heard, [['forwarded', 'server/a', 'ops']]);
  assert.deepEqual(other.heard.slice(0, 2), [['rows', 'server/a'], ['said', 'global#chat', '"hello"']]);
});

test('a session is that of the user who claimed it first', async () => {
  const [one, other] = await openTwo();
  const session = new Uint8Array(16).fill(200);

  assert.equal(await one.logs.claim(session, 'ada'), 'ada');
  assert.equal(await other.logs.claim(session, 'eve'), 'ada');
  const rows = [];
  for await (const piece of other.store.read('owners')) rows.push(...piece);
  assert.deepEqual(rows.map((bytes) => [...bytes]), [[...session, 3, ...Buffer.from('ada')]]);
});

test('an empty log begins with the base of one of them', async () => {
  const [one, other] = await openTwo();
  await one.logs.begin(row(0));
  await other.logs.begin({ ...row(0), bytes: new TextEncoder().encode('another') });

  const entries = await other.logs.readOn('server/a', null);
  assert.deepEqual(entries.map(({ id, bytes }) => [id, String(bytes)]), [['0-1', 'row 0']]);
});
