// Rows of five fields as they are kept: saved, and brought back into a library that has nothing.
import assert from 'node:assert/strict';
import { deflateSync } from 'node:zlib';
import { entryOf, timed } from '../measuring.mjs';

export const title = 'kept entries';

export async function run({ fill, save, load, readEntry }, { entries: count }) {
  const entries = Array.from({ length: count }, (_, place) => entryOf(place));
  const full = fill(entries);
  let bytes = save(full); // Once, so that nobody is measured with cold code only.
  const saveMillis = await timed(async () => {
    bytes = save(full);
  });
  const residentBefore = process.memoryUsage().rss;
  let loaded;
  const readMillis = await timed(async () => {
    loaded = await load(bytes);
    assert.deepEqual(plain(readEntry(loaded, count - 1)), entries[count - 1]);
  });
  const restMillis = await timed(async () => {
    for (let place = 0; place < count; place++) readEntry(loaded, place);
  });
  for (let place = 0; place < count; place += 997) {
    assert.deepEqual(plain(readEntry(loaded, place)), entries[place]);
  }
  const resident = process.memoryUsage().rss - residentBefore;
  return {
    saveMillis,
    readMillis,
    allMillis: readMillis + restMillis,
    bytes: bytes.length,
    packed: deflateSync(bytes).length,
    resident,
  };
}

const plain = (value) => (value?.toJSON === undefined ? value : value.toJSON());
