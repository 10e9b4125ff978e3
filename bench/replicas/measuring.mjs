// What the scenarios of replicas share.

/** CPU time of all threads of this process: what else the machine is busy with does not count. */
export function cpuMillis() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of CPU that `work` took, with what it left for later tasks. */
export async function timed(work) {
  globalThis.gc();
  const start = cpuMillis();
  await work();
  return cpuMillis() - start;
}

export const keysOf = (count) => Array.from({ length: count }, (_, place) => `key-${place}`);

/** A row of a table, with five fields. */
export function entryOf(place) {
  return {
    id: place,
    name: `Item ${place}`,
    price: (place % 1000) / 10,
    inStock: place % 3 === 0,
    tag: `tag-${place % 50}`,
  };
}
