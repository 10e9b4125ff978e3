/**
 * Receipts: what a write's promise resolves to, and the list of writes still waiting for theirs.
 */
import type { DanjiError } from './errors.js';
import type { SpaceView } from './mirror.js';
import type { CommitReceipt, Version } from './types.js';

export class Receipt implements CommitReceipt {
  readonly applied: 'local' | 'acked';
  readonly #space: SpaceView;
  readonly #epoch: string;
  readonly #sequence: number;
  readonly #index: number;

  /** `index` 0: undecided. */
  constructor(space: SpaceView, sequence: number, index: number) {
    this.applied = index === 0 ? 'local' : 'acked';
    this.#space = space;
    this.#epoch = space.epoch;
    this.#sequence = sequence;
    this.#index = index;
  }

  get opId(): string {
    return `${this.#space.session}/${this.#space.address}#${this.#sequence}`;
  }

  get version(): Version | null {
    return this.#index === 0 ? null : { epoch: this.#epoch, index: this.#index };
  }

  toJSON(): CommitReceipt {
    return { opId: this.opId, version: this.version, applied: this.applied };
  }
}

interface Waiting {
  readonly resolve: (receipt: CommitReceipt) => void;
  readonly reject: (error: DanjiError) => void;
}

/** The undecided ops of one space, by number. */
export class WaitingOps {
  readonly #ops = new Map<number, Waiting[]>();

  /**
   * A promise for the decision on an op. A rejection that nobody listens to is no crash:
   * `report` hears of every one.
   */
  wait(sequence: number, report: (error: DanjiError) => void): Promise<CommitReceipt> {
    const promise = new Promise<CommitReceipt>((resolve, reject) => {
      const waiting = this.#ops.get(sequence);
      if (waiting === undefined) this.#ops.set(sequence, [{ resolve, reject }]);
      else waiting.push({ resolve, reject });
    });
    promise.catch(report);
    return promise;
  }

  settle(sequence: number, outcome: CommitReceipt | DanjiError): void {
    const waiting = this.#ops.get(sequence);
    if (waiting === undefined) return;
    this.#ops.delete(sequence);
    for (const { resolve, reject } of waiting) {
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    }
  }

  failAll(error: DanjiError): void {
    for (const sequence of [...this.#ops.keys()]) this.settle(sequence, error);
  }
}
