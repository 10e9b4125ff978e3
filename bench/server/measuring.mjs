// What scenarios share: time that is waited for, and numbers that are told.
import { setTimeout as pause } from 'node:timers/promises';

export class NotInTime extends Error {}

/** Rejects when the promise has not settled after so long. */
export async function within(millis, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new NotInTime(`${what}: not within ${millis} ms`)), millis);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits until `isSo()`, and rejects after so long. */
export async function until(isSo, millis, what) {
  const end = performance.now() + millis;
  while (!isSo()) {
    if (performance.now() > end) throw new NotInTime(`${what}: not within ${millis} ms`);
    await pause(2);
  }
}

/** The number below which the given share of them lies. */
export function quantile(numbers, share) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (numbers) => quantile(numbers, 0.5);

/** A task of its own, so that nobody puts things together because of how they are measured. */
export const nextTask = () => new Promise((resolve) => setImmediate(resolve));
