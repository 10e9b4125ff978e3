// One writes, a hundred read: the highest rate at which, of all sets and readers together, 99 of
// 100 listeners hear of a set within 250 ms of when it was due. A listener that hears of a later
// number has heard of those before it.
import assert from 'node:assert/strict';
import { NotInTime, until } from '../measuring.mjs';

export const ladder = [10, 30, 50, 100, 200, 300, 500, 700, 1000, 1500, 2000, 2500, 3000, 4000];
const goalMillis = 250;

/** Latencies in whole milliseconds, counted. */
class Latencies {
  #counts = new Uint32Array(20_000);
  #total = 0;

  add(millis) {
    this.#counts[Math.min(Math.max(Math.floor(millis), 0), this.#counts.length - 1)]++;
    this.#total++;
  }

  get total() {
    return this.#total;
  }

  quantile(share) {
    let left = this.#total * share;
    return this.#counts.findIndex((count) => (left -= count) <= 0);
  }
}

/** Sets `rate` times a second for so long; gives the 99th percentile, or Infinity. */
async function attempt({ start, connect }, rate, { readers: count, seconds, limitMillis }) {
  const server = await start();
  const writer = await connect(server, null);
  const readers = [];
  while (readers.length < count) readers.push(await connect(server, writer.room));
  const latencies = new Latencies();
  const total = Math.max(Math.round(rate * seconds), 5);
  const apart = 1000 / rate;
  let begin = 0;
  for (const reader of readers) {
    let heard = 0;
    reader.subscribe('count', (value) => {
      const now = performance.now() - begin;
      while (heard < value) latencies.add(now - apart * heard++);
    });
  }
  try {
    begin = performance.now();
    await writeEvenly(writer, total, { apart, begin, latestMillis: seconds * 1000 + limitMillis });
    await until(() => latencies.total >= total * count, limitMillis, 'all heard of all');
    for (const reader of readers) assert.equal(reader.get('count'), total, 'another number');
    assert.equal(latencies.total, total * count, 'a listener heard of what nobody set');
    return latencies.quantile(0.99);
  } catch (error) {
    if (error instanceof NotInTime) return Infinity;
    throw error;
  } finally {
    await Promise.all([writer, ...readers].map((client) => client.close()));
    await server.stop();
  }
}

/** One set in each task, those that are late right behind one another. */
function writeEvenly(writer, total, { apart, begin, latestMillis }) {
  return new Promise((resolve, reject) => {
    let done = 0;
    const step = () => {
      const now = performance.now() - begin;
      if (now > latestMillis) return reject(new NotInTime('the writer could not keep up'));
      if (now >= apart * done) writer.set('count', ++done);
      if (done === total) return resolve();
      const wait = apart * done - (performance.now() - begin);
      if (wait > 1) setTimeout(step, Math.floor(wait));
      else setImmediate(step);
    };
    step();
  });
}

/** Then it has no number; a scenario that does not say so fails. */
export const mayBeLate = true;

export async function run(subject, effort) {
  const rates = effort.rates ?? ladder;
  let held = -1;
  let missed = rates.length;
  let p99 = null;
  let place = Math.floor(rates.length / 2);
  while (missed - held > 1) {
    const measured = await attempt(subject, rates[place], effort);
    if (measured < goalMillis) {
      held = place;
      p99 = measured;
    } else missed = place;
    place = Math.floor((held + missed) / 2);
  }
  if (held < 0 && !effort.mayMissAll) throw new NotInTime('no rate was held');
  return { rate: held < 0 ? 0 : rates[held], p99 };
}
