/**
 * What one unit writes in one space within a batch: one op of the core, so one promise and one
 * receipt for all of these writes. A thousand keys cost no more promises than one.
 */
import type { SpaceView } from './mirror.js';
import { Decision } from './receipts.js';
import type { CommitReceipt, SetStateOptions } from './types.js';

/** What became of an op. */
export interface Committed {
  readonly space: SpaceView;
  readonly sequence: number;
  /** Of the record; 0 while undecided. */
  readonly index: number;
  /** Of now. */
  readonly receipt: CommitReceipt;
}

export class StagedOp {
  readonly place: number;
  readonly unit: number;
  index = 0;
  /** Who overwrote something of this last. */
  takenBy: StagedOp | null = null;
  readonly #decided = new Decision();
  /** For writers who do not wait for the decision. */
  #shown: Decision | null = null;

  constructor(place: number, unit: number) {
    this.place = place;
    this.unit = unit;
  }

  promise(options: SetStateOptions | undefined): Promise<CommitReceipt> {
    if (options?.wait !== 'local') return this.#decided;
    this.#shown ??= new Decision();
    return this.#shown;
  }

  settle({ space, sequence, index, receipt }: Committed): void {
    this.index = index;
    if (index === 0) space.waiting.wait(sequence, this.#decided);
    else this.#decided.resolve(receipt);
    this.#shown?.resolve(receipt);
  }

  /** It was taken back. Who does not listen was told by the throw. */
  reject(error: unknown): void {
    this.#decided.reject(error);
    this.#shown?.reject(error);
  }
}
