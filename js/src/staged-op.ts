/**
 * What one unit writes in one space within a batch: one op of the core, so one promise and one
 * receipt for all of these writes. A thousand keys cost no more promises than one.
 */
import type { CommitReceipt, SetStateOptions } from './types.js';

type Outcome = CommitReceipt | Promise<CommitReceipt>;

/** What became of an op. */
export interface Committed {
  /** Of the record; 0 while undecided. */
  readonly index: number;
  readonly receipt: CommitReceipt;
  /** The receipt, once there is a decision. */
  readonly outcome: Outcome;
}

/** A promise that is settled from outside. */
class Later {
  readonly promise: Promise<CommitReceipt>;
  resolve: (outcome: Outcome) => void = () => {};
  reject: (error: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {}); // Whoever awaits it hears; who does not was told by the throw.
  }
}

export class StagedOp {
  readonly place: number;
  readonly unit: number;
  index = 0;
  /** Who overwrote something of this last. */
  takenBy: StagedOp | null = null;
  readonly #decided = new Later();
  /** For writers who do not wait for the decision. */
  #shown: Later | null = null;

  constructor(place: number, unit: number) {
    this.place = place;
    this.unit = unit;
  }

  promise(options: SetStateOptions | undefined): Promise<CommitReceipt> {
    if (options?.wait !== 'local') return this.#decided.promise;
    this.#shown ??= new Later();
    return this.#shown.promise;
  }

  settle({ index, receipt, outcome }: Committed): void {
    this.index = index;
    this.#decided.resolve(outcome);
    this.#shown?.resolve(receipt);
  }

  reject(error: unknown): void {
    this.#decided.reject(error);
    this.#shown?.reject(error);
  }
}
