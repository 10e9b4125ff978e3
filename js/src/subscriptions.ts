/**
 * What a unit listens to: ended with the unit, and where it may not read any more.
 */
import type { UnitGrants } from './permissions.js';
import type { Registration } from './registry.js';
import type { Unsubscribe } from './types.js';

export class Subscriptions {
  /** Each with the key that it reads, if it reads one. */
  readonly #ends = new Map<Unsubscribe, Registration | null>();

  /** Keeps a subscription; gives what ends it. */
  keep(end: Unsubscribe, reads: Registration | null = null): Unsubscribe {
    this.#ends.set(end, reads);
    return () => {
      this.#ends.delete(end);
      end();
    };
  }

  /** Ends those to keys that the grants are not enough for; gives these keys. */
  endUnreadable(grants: UnitGrants): string[] {
    const keys: string[] = [];
    for (const [end, reads] of this.#ends) {
      if (reads === null || grants.mayRead(reads.permissions)) continue;
      this.#ends.delete(end);
      end();
      keys.push(reads.key);
    }
    return keys;
  }

  endAll(): void {
    for (const end of this.#ends.keys()) end();
    this.#ends.clear();
  }
}
