// One writes and one reads: how long from a set to the other's listener, through the server, and
// how many bytes the reader is sent for it. The next set waits until the one before was heard.
import assert from 'node:assert/strict';
import { median, within } from '../measuring.mjs';

const title = 'set to listener';

export async function run({ start, connect }, { sets, limitMillis, enoughMillis }) {
  const server = await start();
  const writer = await connect(server, null);
  const reader = await connect(server, writer.room);
  let heard = () => {};
  reader.subscribe('count', (value) => heard(value));
  const millis = [];
  const setOne = async (number) => {
    const arrived = new Promise((resolve) => {
      heard = (value) => value === number && resolve();
    });
    const begin = performance.now();
    writer.set('count', number);
    await within(limitMillis, title, arrived);
    return performance.now() - begin;
  };
  const warmUp = Math.ceil(sets / 5);
  for (let number = 1; number <= warmUp; number++) await setOne(number);
  const bytesBefore = reader.bytesRead();
  const end = performance.now() + enoughMillis;
  let last = warmUp;
  while (last < warmUp + sets && performance.now() < end) millis.push(await setOne(++last));
  const bytesEach = (reader.bytesRead() - bytesBefore) / millis.length;
  assert.equal(reader.get('count'), last, 'the reader shows another number');
  assert.ok(bytesEach > 0, 'the reader was sent nothing');
  await Promise.all([writer.close(), reader.close()]);
  await server.stop();
  return { millis: median(millis), bytesEach };
}
