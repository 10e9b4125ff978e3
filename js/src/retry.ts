/**
 * Runs `attempt` again when another writer was faster.
 */
import { DanjiError } from './errors.js';

/**
 * Calls `attempt` until it doesn't fail with `STALE` or `CONFLICT`, at most `times` times; the
 * last failure is thrown. Each attempt should read anew what it depends on.
 *
 * @example
 * await retryOnConflict(5, () => {
 *   const { value, meta } = unit.readState(seats);
 *   return unit.setState(seats, value - 1, { ifVersion: meta.version });
 * });
 */
export async function retryOnConflict<R>(
  times: number,
  attempt: (count: number) => Promise<R> | R,
): Promise<R> {
  for (let count = 1; ; count++) {
    try {
      return await attempt(count);
    } catch (error) {
      if (!isLostRace(error) || count >= times) throw error;
    }
  }
}

/** Whether a failure says that another writer was faster. */
export function isLostRace(error: unknown): boolean {
  return error instanceof DanjiError && (error.code === 'STALE' || error.code === 'CONFLICT');
}
