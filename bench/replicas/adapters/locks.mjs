// What Danji looks for to work with others, and Node lacks: a worker's scope with Web Locks,
// exclusive ones, in the order of requests.
const held = new Map();

function grant(name) {
  const queue = held.get(name);
  if (queue.length === 0) return void held.delete(name);
  const { callback, resolve, reject } = queue[0];
  const over = () => {
    queue.shift();
    grant(name);
  };
  callback({ name, mode: 'exclusive' }).then(resolve, reject).finally(over);
}

const locks = {
  request: (name, { signal } = {}, callback) =>
    new Promise((resolve, reject) => {
      const queue = held.get(name);
      const wish = { callback, resolve, reject };
      signal?.addEventListener('abort', () => {
        const place = queue?.indexOf(wish) ?? -1;
        if (place > 0) queue.splice(place, 1);
        if (place > 0) reject(signal.reason);
      });
      if (queue !== undefined) return void queue.push(wish);
      held.set(name, [wish]);
      setImmediate(() => grant(name));
    }),
  query: async () => ({ held: [...held.keys()].map((name) => ({ name })), pending: [] }),
};

globalThis.navigator ??= {};
Object.defineProperty(globalThis.navigator, 'locks', { value: locks, configurable: true });
globalThis.WorkerGlobalScope ??= class WorkerGlobalScope {};
