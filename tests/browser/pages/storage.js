// A page whose only business is to commit rows, and to say which commits are done.
import { indexedDbStorage, protectStorage } from '/dist/js/src/entry/storage.js';
import { bytesOf, laws, readAll } from '/laws/laws.js';

const errors = [];
const report = (error) => errors.push(error.message);

async function open(cluster, options) {
  const adapter = indexedDbStorage(options);
  await adapter.open(cluster, report);
  return adapter;
}

/** What a promise ended with: 'done', or the code and reason of the error. */
async function outcomeOf(promise) {
  return promise.then(
    () => 'done',
    ({ code, details }) => (details?.reason ? `${code}/${details.reason}` : code),
  );
}

function deleteDatabase(name) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = resolve;
    request.onblocked = () => reject(new Error(`${name} is in use`));
    request.onerror = () => reject(request.error);
  });
}

async function runLaw(number, seed) {
  for (const { name } of await indexedDB.databases()) await deleteDatabase(name);
  await laws[number].run({ adapter: () => indexedDbStorage(), seed, isCopying: true });
}

/** Rows that only make sense together: each is of the generation that the cursor tells. */
const generation = (number) => [
  ['cursor', bytesOf(number & 255, number >> 8)],
  ...Array.from({ length: 60 }, (_, place) => [
    `entry/${place}`,
    new Uint8Array(2000).fill(number & 255),
  ]),
];

/** Commits one generation after the other and says so when one is done, until the page ends. */
async function writeGenerations(adapter, first, durability) {
  for (let number = first; ; number++) {
    const before = number === 0 ? null : generation(number - 1)[0][1];
    await adapter.commit({ expect: [['cursor', before]], put: generation(number) }, durability);
    console.log(`done ${number}`);
  }
}

/** The number of the generation that is there; throws when it is a mixture of two. */
async function readGeneration(adapter) {
  const rows = await readAll(adapter);
  if (rows.length === 0) return -1;
  const [low, high] = rows.find(([key]) => key === 'cursor')[1];
  const number = low + (high << 8);
  const expected = new Map(generation(number));
  const isWhole =
    rows.length === expected.size &&
    rows.every(([key, bytes]) => String(bytes) === String(expected.get(key)));
  if (!isWhole) throw new Error(`not all is of generation ${number}`);
  return number;
}

/** Adds one to a counter that others add to as well; tells how often somebody was faster. */
async function count(adapter, times) {
  let staleCount = 0;
  for (let done = 0; done < times; ) {
    const [row] = await readAll(adapter, 'counter', 'counter0');
    const value = row === undefined ? 0 : row[1][0] + (row[1][1] << 8);
    const put = [['counter', bytesOf((value + 1) & 255, (value + 1) >> 8)]];
    const commit = adapter.commit({ expect: [['counter', row?.[1] ?? null]], put }, 'relaxed');
    const outcome = await outcomeOf(commit);
    if (outcome === 'done') done++;
    else if (outcome === 'STALE') staleCount++;
    else throw new Error(outcome);
  }
  return staleCount;
}

/** Begins a transaction as a tab that is frozen in the middle of it, until the function is called. */
function holdOpen(cluster) {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`danji.1.${cluster}`, 1);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const store = request.result.transaction('rows', 'readwrite').objectStore('rows');
      let isHeld = true;
      const goOn = () => {
        if (isHeld) store.get('nothing').onsuccess = goOn;
      };
      goOn();
      resolve(() => {
        isHeld = false;
      });
    };
  });
}

/** Bytes that can't be made smaller. */
function noise(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

window.storage = {
  bytesOf,
  count,
  deleteDatabase,
  errors,
  holdOpen,
  noise,
  open,
  outcomeOf,
  protectStorage,
  readAll,
  readGeneration,
  runLaw,
  writeGenerations,
};
