// What every storage adapter has to hold, as laws that run anywhere: in Node against memory and
// files, in a browser against IndexedDB, and against yours.
//
//   for (const { name, run } of laws) await run({ adapter, fail, seed })
//
// `adapter()` makes another adapter on the same device, empty at first; where only one of them
// may be open at a time, `isExclusive` says so. What is broken throws.
import { anyCommit, chanceFrom, Model } from './model.js';

const ignore = () => {};

export async function readAll(adapter, from = '', to = '\uffff\uffff') {
  const all = [];
  await adapter.read(from, to, (rows) => all.push(...rows));
  return all;
}

export const bytesOf = (...values) => new Uint8Array(values);

const shown = (rows) =>
  JSON.stringify(rows.map(([key, bytes]) => [key, bytes.length, [...bytes.slice(0, 12)]]));

/** Rows are equal in all their bytes; the message shows the first of each. */
export function sameRows(found, expected, what = '') {
  const isSame =
    found.length === expected.length &&
    found.every(([key, bytes], place) => {
      const [otherKey, other] = expected[place];
      return key === otherKey && bytes.length === other.length
        && bytes.every((byte, index) => byte === other[index]);
    });
  if (!isSame) throw new Error(`${what}: ${shown(found)} instead of ${shown(expected)}`);
}

/** Waits for a rejection with that code and gives the error. */
export async function refused(code, promise) {
  const error = await promise.then(() => undefined, (reason) => reason);
  if (error === undefined) throw new Error(`nothing was refused where ${code} was expected`);
  if (error.code !== code) throw error;
  return error;
}

async function opened(device, cluster = 'shop') {
  const adapter = device.adapter();
  await adapter.open(cluster, (error) => {
    throw error;
  });
  return adapter;
}

export const laws = [
  {
    name: 'rows come in the order of their keys, the first of a range with them, the end without',
    async run(device) {
      const adapter = await opened(device);
      const put = ['b', 'a', 'c/2', 'c', 'c/10', 'd'].map((key) => [key, bytesOf(key.length)]);

      await adapter.commit({ put }, 'relaxed');

      const keys = async (from, to) => (await readAll(adapter, from, to)).map(([key]) => key).join();
      const found = [await keys('a', 'e'), await keys('b', 'd'), await keys('c/', 'c0')];
      const expected = ['a,b,c,c/10,c/2,d', 'b,c,c/10,c/2', 'c/10,c/2'];
      if (String(found) !== String(expected)) throw new Error(String(found));
      sameRows(await readAll(adapter, 'x', 'a'), [], 'a range that ends before it begins');
      sameRows(await readAll(adapter, 'a', 'a'), [], 'a range of nothing');
    },
  },
  {
    name: 'a commit that finds something unexpected does nothing at all',
    async run(device) {
      const adapter = await opened(device);
      await adapter.commit({ put: [['cursor', bytesOf(7)], ['cart', bytesOf(1)]] }, 'strict');
      const before = await readAll(adapter);
      const put = [['cart', bytesOf(2)], ['new', bytesOf(3)]];
      const remove = ['cursor'];

      const wrong = [
        [['cursor', bytesOf(8)]],
        [['cursor', bytesOf(7, 0)]],
        [['cursor', null]],
        [['nothing', bytesOf()]],
        [['cursor', bytesOf(7)], ['cart', bytesOf(9)]],
      ];
      for (const expect of wrong) {
        await refused('STALE', adapter.commit({ expect, put, remove }, 'relaxed'));
        sameRows(await readAll(adapter), before, 'after a refusal');
      }

      const expect = [['cursor', bytesOf(7)], ['cart', bytesOf(1)], ['nothing', null]];
      await adapter.commit({ expect, put, remove }, 'relaxed');
      sameRows(await readAll(adapter), put, 'as expected');
    },
  },
  {
    name: 'commits happen in the order of their calls, whoever waits for them',
    async run(device) {
      const adapter = await opened(device);
      const step = (number) => {
        const expect = [['cursor', number === 0 ? null : bytesOf(number)]];
        const durability = number % 3 === 0 ? 'strict' : 'relaxed';
        return adapter.commit({ expect, put: [['cursor', bytesOf(number + 1)]] }, durability);
      };

      await Promise.all(Array.from({ length: 40 }, (_, number) => step(number)));

      sameRows(await readAll(adapter), [['cursor', bytesOf(40)]]);
    },
  },
  {
    name: 'of commits that expect the same, one is done and the others are stale',
    async run(device) {
      const first = await opened(device);
      const second = device.isExclusive ? first : await opened(device);
      const commit = (adapter, author) =>
        adapter.commit({ expect: [['epoch', null]], put: [['epoch', bytesOf(author)]] }, 'strict');

      const authors = [1, 2, 3, 4];
      const asked = authors.map((author) => commit(author % 2 === 0 ? first : second, author));
      const results = await Promise.allSettled(asked);

      const winners = authors.filter((_, place) => results[place].status === 'fulfilled');
      const codes = results.flatMap(({ reason }) => (reason ? [reason.code] : []));
      if (winners.length !== 1) throw new Error(`${winners.length} were done`);
      if (codes.join() !== 'STALE,STALE,STALE') throw new Error(codes.join());
      sameRows(await readAll(second), [['epoch', bytesOf(winners[0])]]);
    },
  },
  {
    name: 'bytes and keys of any form survive',
    async run(device) {
      const adapter = await opened(device);
      const keys = ['!', ' ', '\u0000', 'ä', '단지', '😀', '__proto__', 'constructor', 'x'.repeat(700)];
      const sizes = [0, 1, 65_536, 200_000];
      const large = sizes.map((size) => [`size/${size}`, new Uint8Array(size).fill(size % 251)]);
      const put = [...keys.map((key, place) => [key, bytesOf(place, 255)]), ...large];

      await adapter.commit({ put }, 'relaxed');
      await adapter.close();
      const later = await opened(device);

      const inOrder = put.toSorted(([one], [other]) => (one < other ? -1 : 1));
      sameRows(await readAll(later), inOrder);
      await later.commit({ expect: put }, 'relaxed');
    },
  },
  {
    name: 'a view into a larger buffer is stored as what it shows',
    async run(device) {
      const adapter = await opened(device);
      const memory = new Uint8Array(100_000).fill(9);
      memory.set([1, 2, 3], 500);

      await adapter.commit({ put: [['part', memory.subarray(500, 503)]] }, 'relaxed');

      const [[, bytes]] = await readAll(adapter);
      sameRows([['part', bytes]], [['part', bytesOf(1, 2, 3)]]);
      if (device.isCopying && bytes.buffer.byteLength > 3) throw new Error('all of it was stored');
    },
  },
  {
    name: 'many rows come in several parts, and all as of one moment',
    async run(device) {
      const adapter = await opened(device);
      const rows = (generation) =>
        Array.from({ length: 3000 }, (_, number) => [
          `entry/${String(number).padStart(5, '0')}`,
          bytesOf(generation, number % 256),
        ]);
      await adapter.commit({ put: rows(1) }, 'relaxed');

      const parts = [];
      const reading = adapter.read('', '\uffff', (part) => parts.push(part));
      const writing = adapter.commit({ put: rows(2), remove: ['entry/00007'] }, 'relaxed');
      await Promise.all([reading, writing]);

      if (parts.length < 2) throw new Error('one part');
      sameRows(parts.flat(), rows(1), 'what was read');
      const expected = rows(2).filter(([key]) => key !== 'entry/00007');
      sameRows(await readAll(adapter), expected, 'what was written meanwhile');
    },
  },
  {
    name: 'clusters do not see each other, and forgetting one leaves the others',
    async run(device) {
      const adapter = device.adapter();
      const names = ['shop/', 'shop/ada', 'shop/Ada', 'shop/%41da', '../shop', 'CON', 'x'.repeat(300)];
      for (const [place, name] of names.entries()) {
        await adapter.open(name, ignore);
        sameRows(await readAll(adapter), [], `${name} at first`);
        await adapter.commit({ put: [['who', bytesOf(place)]] }, 'relaxed');
        await adapter.close();
      }

      await adapter.open(names[1], ignore);
      await adapter.clear();
      sameRows(await readAll(adapter), [], 'the forgotten one');
      await adapter.close();

      for (const [place, name] of names.entries()) {
        await adapter.open(name, ignore);
        sameRows(await readAll(adapter), place === 1 ? [] : [['who', bytesOf(place)]], name);
        await adapter.close();
      }
    },
  },
  {
    name: 'an adapter that is not open refuses everything with CLOSED, and opens again',
    async run(device) {
      const adapter = device.adapter();
      const refuses = async () => {
        await refused('CLOSED', adapter.commit({ put: [['a', bytesOf(2)]] }, 'relaxed'));
        await refused('CLOSED', adapter.read('a', 'b', ignore));
        await refused('CLOSED', adapter.clear());
      };
      await refuses();
      await adapter.open('shop', ignore);
      const last = adapter.commit({ put: [['a', bytesOf(1)]] }, 'strict');

      await Promise.all([adapter.close(), last]);

      await refuses();
      await adapter.close();
      await adapter.open('shop', ignore);
      sameRows(await readAll(adapter), [['a', bytesOf(1)]]);
    },
  },
  {
    name: 'a reader that throws is told so, and disturbs nothing',
    async run(device) {
      const adapter = await opened(device);
      await adapter.commit({ put: [['a', bytesOf(1)]] }, 'relaxed');
      const mistake = new Error('no place');

      const throwIt = () => {
        throw mistake;
      };
      const found = await adapter.read('a', 'b', throwIt).then(ignore, (error) => error);

      if (found !== mistake) throw new Error(`it was told ${found}`);
      sameRows(await readAll(adapter), [['a', bytesOf(1)]]);
    },
  },
  {
    name: 'any run of commits leaves what a plain map would hold',
    async run(device) {
      const chance = chanceFrom(device.seed);
      const model = new Model();
      let adapters = [await opened(device)];
      if (!device.isExclusive) adapters.push(await opened(device));
      for (let step = 0; step < 120; step++) {
        const adapter = chance.pick(adapters);
        const kind = chance.below(20);
        if (kind === 0) {
          await Promise.all(adapters.map((each) => each.close()));
          for (const each of adapters) await each.open('shop', ignore);
        } else if (kind === 1) {
          await adapter.clear();
          model.clear();
        } else if (kind < 6) {
          const [from, to] = [chance.key(), chance.key()];
          sameRows(await readAll(adapter, from, to), model.between(from, to), `seed ${device.seed}`);
        } else {
          await commitSome(adapter, model, chance);
        }
      }
      sameRows(await readAll(adapters[0]), model.between('', '\uffff'), `seed ${device.seed}`);
    },
  },
];

/** Several at once; each has to end as the model's did. */
async function commitSome(adapter, model, chance) {
  const commits = Array.from({ length: 1 + chance.below(4) }, () => anyCommit(chance, model));
  const expected = [];
  const asked = commits.map(({ commit, durability }) => {
    expected.push(model.commit(commit));
    return adapter.commit(commit, durability);
  });
  const results = await Promise.allSettled(asked);
  const found = results.map(({ reason }) => reason?.code ?? 'done');
  if (String(found) !== String(expected)) throw new Error(`${found} instead of ${expected}`);
}
