// fileStorage on a disk that fails, fills up, loses power and rots. Each commit puts two rows of
// its own and moves the cursor, so that what is there tells which commits are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FileStorage } from '../../dist/js/src/storage/file/file-adapter.js';
import { bytesOf, readAll } from '../storage/laws.js';
import { MemoryDisk } from '../storage/memory_disk.js';
import { chanceFrom } from '../storage/model.js';
import { seedsOf } from '../storage/seeds.js';

const nameOf = (number) => String(number).padStart(4, '0');

function rowsOf(number) {
  const twenty = new Uint8Array(20).fill(number);
  return [[`a/${nameOf(number)}`, twenty], [`b/${nameOf(number)}`, bytesOf(number)]];
}

const cursorOf = (number) => bytesOf(number >> 8, number & 255);

/** The numbers of the commits that are there; throws when one is there by half. */
function commitsIn(rows) {
  const numbers = (letter) =>
    rows.filter(([key]) => key.startsWith(letter)).map(([key]) => Number(key.slice(2)));
  const found = numbers('a');
  assert.deepEqual(numbers('b'), found, 'no commit is there by half');
  const cursor = rows.find(([key]) => key === 'cursor')?.[1];
  assert.deepEqual(cursor, found.length === 0 ? undefined : cursorOf(found.at(-1)), 'the cursor');
  return found;
}

async function opened(disk) {
  const storage = new FileStorage('/data', disk);
  await storage.open('shop');
  return storage;
}

/** How a promise ended, or 'never' when the power failed before. */
function endOf(promise, disk) {
  const never = disk.powerFailure.then(() => 'never');
  return Promise.race([promise.then(() => 'done', ({ code }) => code), never]);
}

function commit(storage, number, { size, durability }) {
  // What the next one writes over is history.
  const put = [...rowsOf(number), ['cursor', cursorOf(number)], ['waste', new Uint8Array(size)]];
  return storage.commit({ put, remove: [`nothing/${number}`] }, durability);
}

/** Commits 1 to `count`, some at once; tells how each ended. */
async function commitMany(storage, disk, { first = 1, count, chance, size }) {
  const ends = new Map();
  for (let number = first; number < first + count && disk.hasPower; ) {
    const together = Math.min(1 + chance.below(3), first + count - number);
    const asked = Array.from({ length: together }, (_, place) => {
      const durability = chance.below(3) === 0 ? 'strict' : 'relaxed';
      const end = endOf(commit(storage, number + place, { size, durability }), disk);
      return end.then((how) => ends.set(number + place, { how, durability }));
    });
    await Promise.all(asked);
    number += together;
    const isLost = [...ends.values()].at(-1).how === 'STORAGE';
    if (isLost) await endOf(storage.open('shop'), disk);
  }
  return ends;
}

/** With the large ones the file is written anew now and then. */
const sizes = { small: 20, large: 200_000 };

for (const code of ['ENOSPC', 'EIO']) {
  for (const [what, size] of Object.entries(sizes)) {
    test(`${code} at any operation of ${what} commits keeps what was done and halves none`, async () => {
      const count = 16;
      const healthy = new MemoryDisk();
      const whole = await opened(healthy);
      await commitMany(whole, healthy, { count, chance: chanceFrom(7), size });
      await whole.close();
      assert.ok(healthy.operationCount > 20);

      for (let number = 1; number <= healthy.operationCount; number++) {
        const disk = new MemoryDisk();
        disk.failing.set(number, code);
        const storage = new FileStorage('/data', disk);
        await storage.open('shop').catch(() => storage.open('shop'));
        const ends = await commitMany(storage, disk, { count, chance: chanceFrom(7), size });
        await storage.close();

        const found = commitsIn(await readAll(await opened(disk)));

        for (const [place, { how }] of ends) {
          const told = `operation ${number}: commit ${place} was ${how}`;
          if (how === 'done') assert.ok(found.includes(place), told);
          else if (how === 'QUOTA') assert.ok(!found.includes(place), told);
          else assert.equal(how, 'STORAGE', told);
        }
        assert.ok(ends.size === count && found.length > count - 4, `operation ${number}`);
      }
    });
  }
}

/** Opens and commits until the power fails; tells what is promised after that. */
async function commitUntilPowerFails(disk, { kept, chance, size }) {
  disk.powerFailsAt = disk.operationCount + 1 + chance.below(60);
  const storage = new FileStorage('/data', disk);
  if ((await endOf(storage.open('shop'), disk)) !== 'done') return kept;
  const ends = await commitMany(storage, disk, { first: kept + 1, count: 40, chance, size });
  if (disk.hasPower) await endOf(storage.close(), disk);
  const isPromised = ([, { how, durability }]) => how === 'done' && durability === 'strict';
  return [...ends].findLast(isPromised)?.[0] ?? kept;
}

test('after a power failure there is what was strict, and no commit without the one before it', async (t) => {
  for (const seed of seedsOf(t, 100)) {
    const chance = chanceFrom(seed);
    const size = chance.pick(Object.values(sizes));
    let disk = new MemoryDisk();
    let kept = 0;
    for (let round = 0; round < 3; round++) {
      const promised = await commitUntilPowerFails(disk, { kept, chance, size });
      disk = disk.afterPowerFailure(chance.below(2 ** 31));

      const later = await opened(disk);
      const found = commitsIn(await readAll(later));
      await later.close();

      assert.deepEqual(found, found.map((_, place) => place + 1), `DANJI_SEED=${seed}`);
      assert.ok(found.length >= promised, `DANJI_SEED=${seed}: ${found.length} of ${promised}`);
      kept = found.length;
    }
  }
});

/** Flips one bit after the other and gives the places where that is not noticed. */
async function unnoticed(disk) {
  const { content } = disk.fileOf('rows');
  const places = [];
  for (let place = 0; place < content.length; place++) {
    const copy = disk.copy();
    copy.fileOf('rows').content[place] ^= 1 << place % 8;
    const end = await endOf(opened(copy), copy);
    if (end === 'done') places.push(place);
    else assert.equal(end, 'STORAGE');
  }
  return { places, length: content.length };
}

/** Its last 20 bytes are a frame without rows, whose only news is that the others are there. */
const seal = ({ length }) => Array.from({ length: 20 }, (_, place) => length - 20 + place);

test('a bit that flips in a file that was closed, or was written anew, is noticed', async () => {
  const disk = new MemoryDisk();
  const storage = await opened(disk);
  for (const [place, size] of [5, 30, 0, 12].entries()) {
    await commit(storage, place + 1, { size, durability: place === 3 ? 'relaxed' : 'strict' });
  }
  await storage.close();
  const closed = await unnoticed(disk);

  for (const folder of disk.locks.keys()) disk.locks.set(folder, 'unclean');
  await opened(disk);
  const anew = await unnoticed(disk);

  assert.deepEqual(closed.places, seal(closed));
  assert.deepEqual(anew.places, seal(anew));
  assert.ok(anew.length < closed.length);
});

test('a torn tail never comes back, even where what is written later ends in the middle of it', async () => {
  const disk = new MemoryDisk();
  const storage = await opened(disk);
  for (const number of [1, 2, 3]) {
    await commit(storage, number, { size: 10, durability: 'relaxed' });
  }
  const torn = disk.copy();
  const { content } = torn.fileOf('rows');
  const frames = [...content.toString('latin1').matchAll(/DJF1/g)].map(({ index }) => index);
  content[frames[2] + 30] ^= 1;

  const after = await opened(torn);
  assert.deepEqual(commitsIn(await readAll(after)), [1]);
  // As long as the second was.
  await commit(after, 4, { size: 10, durability: 'strict' });
  const later = torn.copy();

  assert.deepEqual(commitsIn(await readAll(await opened(later))), [1, 4]);
});

test('commits that found no room are not there, neither at once nor later', async () => {
  const disk = new MemoryDisk();
  const storage = await opened(disk);
  const put = (value) => storage.commit({ put: [['cart', bytesOf(value)], [`k/${value}`, bytesOf(1)]] }, 'relaxed');
  await put(0);
  const before = await readAll(storage);

  // The first is on its way while the others come, so these are written together.
  disk.failing.set(disk.operationCount + 2, 'ENOSPC');
  const ends = await Promise.all([1, 2, 3, 4].map((value) => endOf(put(value), disk)));

  assert.deepEqual(ends, ['done', 'QUOTA', 'QUOTA', 'QUOTA']);
  const first = [['cart', bytesOf(1)], ['k/0', bytesOf(1)], ['k/1', bytesOf(1)]];
  assert.equal(before.length, 2);
  assert.deepEqual(await readAll(storage), first);
  assert.deepEqual(await readAll(await opened(disk.copy())), first);
});

test('a storage whose sync failed answers nothing before it is opened again', async () => {
  const disk = new MemoryDisk();
  const storage = await opened(disk);
  await commit(storage, 1, { size: 10, durability: 'strict' });
  disk.failing.set(disk.operationCount + 2, 'EIO');

  const ends = [];
  ends.push(await endOf(commit(storage, 2, { size: 10, durability: 'strict' }), disk));
  ends.push(await endOf(commit(storage, 3, { size: 10, durability: 'relaxed' }), disk));
  ends.push(await endOf(readAll(storage), disk));
  assert.deepEqual(ends, ['STORAGE', 'STORAGE', 'STORAGE']);

  const before = disk.fileOf('rows').content;
  await storage.open('shop');
  assert.notEqual(disk.fileOf('rows').content, before, 'what can not be trusted was written anew');
  await commit(storage, 4, { size: 10, durability: 'strict' });
  const found = commitsIn(await readAll(storage));
  assert.ok(found.includes(1) && found.includes(4) && !found.includes(3), String(found));
});
