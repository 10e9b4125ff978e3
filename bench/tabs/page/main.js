// One tab: opens the library that the address names, with what it keeps if that is asked for, and
// does its part of a scenario.
const parameters = new URLSearchParams(location.search);
const adapters = import.meta.glob('../adapters/*.js');
const { open } = await adapters[`../adapters/${parameters.get('adapter')}.js`]();
performance.mark('imported');
const opened = await open({ keeps: parameters.has('keeps') });

performance.mark('opened');

/** A task of its own: what a library puts off to the end of a task counts. */
const channel = new MessageChannel();
const waiting = [];
channel.port1.onmessage = () => waiting.shift()();
const nextTask = () =>
  new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });

function heardOnce(key, wanted) {
  return new Promise((resolve) => {
    opened.subscribe(key, (value) => value === wanted && resolve());
  });
}

const entry = (place) => `entry-${place}`;
const valueOf = (place) => `what is kept at ${place}`;

window.bench = {
  get: (key) => opened.get(key),

  /** Answers every `ping` of the other tab. */
  answer() {
    // Some let no listener write.
    opened.subscribe('ping', (value) => queueMicrotask(() => void opened.set('pong', value)));
  },

  /** Half of the way there and back, in milliseconds, for so many numbers. */
  async ping(times) {
    let heard = () => {};
    opened.subscribe('pong', (value) => heard(value));
    const millis = [];
    for (let number = 1; number <= times; number++) {
      const back = new Promise((resolve) => (heard = (value) => value === number && resolve()));
      const begin = performance.now();
      void opened.set('ping', number);
      await back;
      millis.push((performance.now() - begin) / 2);
    }
    return millis;
  },

  /** Tells when the other tab's last number was heard. */
  follow(totals) {
    opened.subscribe('count', (value) => {
      if (totals.includes(value)) queueMicrotask(() => void opened.set('followed', value));
    });
  },

  /** Sets in one loop, or each in a task: milliseconds until the other has heard of the last. */
  async flood(from, to, isApart) {
    const followed = heardOnce('followed', to);
    const begin = performance.now();
    for (let number = from; number <= to; number++) {
      void opened.set('count', number);
      if (isApart) await nextTask();
    }
    await followed;
    return performance.now() - begin;
  },

  /** Writes so many entries, and resolves when they will outlive the page. */
  async fill(count) {
    await opened.fill(Array.from({ length: count }, (_, place) => [entry(place), valueOf(place)]));
  },

  /** What is kept, and when it was there, in milliseconds since the navigation began. */
  async read(place) {
    const value = await opened.read(entry(place));
    return { millis: performance.now(), isRight: value === valueOf(place) };
  },

  /** Milliseconds until a write will outlive the page, for so many writes or three seconds. */
  async keep(times) {
    const millis = [];
    const end = performance.now() + 3_000;
    for (let number = 1; number <= times && performance.now() < end; number++) {
      const begin = performance.now();
      await opened.keep('kept', `${number} of ${times}`);
      millis.push(performance.now() - begin);
    }
    return millis;
  },
};

if (parameters.has('read')) window.first = window.bench.read(Number(parameters.get('read')));
