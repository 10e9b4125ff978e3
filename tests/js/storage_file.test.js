// fileStorage: the laws of every adapter, and what only files have: locks, histories, damage.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileStorage } from '../../dist/js/src/entry/node.js';
import { bytesOf, laws, readAll, refused } from '../storage/laws.js';
import { seedsOf } from '../storage/seeds.js';

function folderFor(t) {
  const folder = mkdtempSync(join(tmpdir(), 'danji-storage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Adapters over one folder that are closed when the test ends. */
function adaptersIn(t, folder) {
  return () => {
    const adapter = fileStorage({ folder });
    t.after(() => adapter.close());
    return adapter;
  };
}

async function openedIn(t, folder) {
  const adapter = adaptersIn(t, folder)();
  await adapter.open('shop', assert.fail);
  return adapter;
}

async function refusedBecause(reason, promise) {
  const error = await refused('STORAGE', promise);
  assert.equal(error.details.reason, reason, error.message);
  return error;
}

/** The only folder of a cluster in `folder`. */
function clusterIn(folder) {
  const [name] = readdirSync(folder);
  return join(folder, name);
}

for (const { name, run } of laws) {
  test(`in files, ${name}`, async (t) => {
    const count = name.startsWith('any run') ? 8 : 1;
    for (const seed of seedsOf(t, count)) {
      await run({ adapter: adaptersIn(t, folderFor(t)), seed, isExclusive: true, isCopying: true });
    }
  });
}

test('one adapter at a time has a cluster, in one process and among several', async (t) => {
  const folder = folderFor(t);
  const first = await openedIn(t, folder);
  const second = fileStorage({ folder });

  await refusedBecause('busy', second.open('shop', assert.fail));
  await second.open('another', assert.fail);
  await second.close();
  const script = `
    import { fileStorage } from ${JSON.stringify(import.meta.resolve('../../dist/js/src/entry/node.js'))};
    const adapter = fileStorage({ folder: ${JSON.stringify(folder)} });
    const error = await adapter.open('shop', () => {}).then(() => undefined, (reason) => reason);
    process.stdout.write(error?.details.reason ?? 'opened');
  `;
  const other = () => spawnSync(process.execPath, ['--input-type=module', '-e', script]).stdout;

  assert.equal(String(other()), 'busy');
  await first.close();
  assert.equal(String(other()), 'opened');
  await second.open('shop', assert.fail);
  await second.close();
});

/** A process that commits generations until it is killed, and tells which are done. */
function startWriter(folder) {
  const script = `
    import { fileStorage } from ${JSON.stringify(import.meta.resolve('../../dist/js/src/entry/node.js'))};
    const adapter = fileStorage({ folder: ${JSON.stringify(folder)} });
    await adapter.open('shop', () => {});
    let before = null;
    await adapter.read('a', 'b', (rows) => { before = rows[0][1]; });
    for (let next = (before?.[0] ?? 0) + 1; ; next++) {
      const put = ['a', 'b', 'c'].map((key) => [key, new Uint8Array(5000).fill(next)]);
      await adapter.commit({ expect: [['a', before]], put }, next % 4 === 0 ? 'strict' : 'relaxed');
      process.stdout.write(next + '\\n');
      before = put[0][1];
    }
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let last = 0;
  let waiting = () => {};
  child.stdout.on('data', (text) => {
    last = Number(String(text).trim().split('\n').at(-1));
    waiting();
  });
  const until = (number) =>
    new Promise((resolve) => {
      waiting = () => last >= number && resolve();
      waiting();
    });
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
    return last;
  };
  return { until, kill };
}

test('a process that is killed leaves its commits whole, and its lock to the next', async (t) => {
  const folder = folderFor(t);
  let done = 0;
  for (let round = 0; round < 3; round++) {
    const writer = startWriter(folder);
    await writer.until(done + 5 + 3 * round);
    done = await writer.kill();

    const adapter = await openedIn(t, folder);
    const rows = await readAll(adapter);
    const [generation] = rows[0][1];
    await adapter.close();

    assert.ok(generation >= done, `${generation} is there of ${done}`);
    assert.deepEqual(rows.map(([key]) => key), ['a', 'b', 'c']);
    for (const [, bytes] of rows) assert.ok(bytes.every((byte) => byte === generation));
    done = generation;
  }
});

const locksIn = (folder) =>
  readdirSync(clusterIn(folder)).filter((name) => name.startsWith('lock.'));

test('a lock of a process id that is nobody\'s, or somebody else\'s by now, holds nobody', async (t) => {
  const folder = folderFor(t);
  const adapter = await openedIn(t, folder);
  await adapter.commit({ put: [['a', bytesOf(1)]] }, 'strict');
  await adapter.close();
  const nobody = { pid: 2 ** 22 + 1, start: '1' };
  const another = { pid: process.ppid, start: '1' };
  const torn = 'torn by a power failure';

  for (const owner of existsSync('/proc/self/stat') ? [nobody, another, torn] : [nobody, torn]) {
    const [lock, ...others] = locksIn(folder);
    assert.deepEqual(others, []);
    writeFileSync(join(clusterIn(folder), lock), JSON.stringify(owner));
    const next = await openedIn(t, folder);

    assert.deepEqual(await readAll(next), [['a', bytesOf(1)]]);
    assert.notDeepEqual(locksIn(folder), [lock]);
    await next.close();
  }
});

/** What somebody else does between this one's first look at the locks and what follows. */
function betweenLooks(t, deed) {
  const { readdirSync: real } = fs;
  let isFirst = true;
  t.mock.method(fs, 'readdirSync', (...parts) => {
    const names = real(...parts);
    if (isFirst) deed();
    isFirst = false;
    return names;
  });
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
}

const another = JSON.stringify({ pid: process.ppid, start: null });

test('of two that find the same dead owner, the one who is slower gives way', async (t) => {
  const folder = folderFor(t);
  await (await openedIn(t, folder)).close();
  const path = clusterIn(folder);
  const adapter = fileStorage({ folder });

  betweenLooks(t, () => writeFileSync(join(path, 'lock.2'), another));

  await refusedBecause('busy', adapter.open('shop', assert.fail));
  assert.equal(readFileSync(join(path, 'lock.2'), 'utf8'), another);
});

test('whoever is so slow that others came and went gives way to the last of them', async (t) => {
  const folder = folderFor(t);
  await (await openedIn(t, folder)).close();
  const path = clusterIn(folder);
  const adapter = fileStorage({ folder });

  betweenLooks(t, () => {
    writeFileSync(join(path, 'lock.3'), another);
    rmSync(join(path, 'lock.1'));
  });

  await refusedBecause('busy', adapter.open('shop', assert.fail));
  assert.deepEqual(locksIn(folder), ['lock.3']);
});

test('history does not make the file grow without end', async (t) => {
  const folder = folderFor(t);
  const adapter = await openedIn(t, folder);
  const large = new Uint8Array(50_000);
  const path = () => join(clusterIn(folder), 'rows');
  const sizes = [];

  for (let number = 0; number < 120; number++) {
    large.fill(number);
    await adapter.commit({ put: [['cart', large.slice()], [`kept/${number}`, bytesOf(number)]] }, 'relaxed');
    sizes.push(statSync(path()).size);
  }
  await adapter.close();
  const later = await openedIn(t, folder);

  assert.ok(Math.max(...sizes) < 1_400_000, `${Math.max(...sizes)} bytes`);
  const rows = await readAll(later);
  assert.equal(rows.length, 121);
  assert.deepEqual(rows.find(([key]) => key === 'cart')[1], large);
});

test('a file that is not ours, or of a later version, is left alone and told', async (t) => {
  for (const content of ['', 'danji rows 2\n\0\0\0', '{"rows":[]}']) {
    const folder = folderFor(t);
    const adapter = await openedIn(t, folder);
    await adapter.close();
    const path = join(clusterIn(folder), 'rows');
    writeFileSync(path, content);

    await refusedBecause('damaged', adapter.open('shop', assert.fail));

    assert.equal(readFileSync(path, 'utf8'), content);
  }
});

test('half a surrogate pair is no part of a key', async (t) => {
  const adapter = await openedIn(t, folderFor(t));

  await refused('INVALID_KEY', adapter.commit({ put: [['\ud800', bytesOf(1)]] }, 'relaxed'));
  await refused('INVALID_KEY', adapter.commit({ remove: ['a\udc00'] }, 'relaxed'));

  assert.deepEqual(await readAll(adapter), []);
});

test('a folder that can not be made is told with its cause', async (t) => {
  const folder = folderFor(t);
  writeFileSync(join(folder, 'file'), '');
  const adapter = fileStorage({ folder: join(folder, 'file', 'below') });

  const error = await refusedBecause('failed', adapter.open('shop', assert.fail));

  assert.equal(error.cause.code, 'ENOTDIR');
});
