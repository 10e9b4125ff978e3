/**
 * What one unit writes in one space within a batch: one op of the core, so one promise and one
 * receipt for all of these writes. A thousand keys cost no more promises than one.
 */
import type { SpaceView } from './cell.js';
import { Decision } from './receipts.js';
import type { CommitReceipt, SetStateOptions } from './types.js';

/** What a write asks for; some of it is the glue's own wish. */
export interface WriteOptions extends SetStateOptions {
  /** Only where this own op wrote last. */
  readonly ifOwn?: number;
}

/** What became of an op. */
export interface Committed {
  readonly space: SpaceView;
  readonly sequence: number;
  /** Of the record; 0 while undecided. */
  readonly index: number;
  readonly isHidden: boolean;
  /** Of now. */
  readonly receipt: CommitReceipt;
}

export class StagedOp {
  readonly place: number;
  readonly unit: number;
  index = 0;
  /** Its number; 0 before it is committed. */
  sequence = 0;
  /** Undecided, and nothing of it is to be seen. */
  isHidden = false;
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

  settle({ space, sequence, index, isHidden, receipt }: Committed): void {
    this.isHidden = isHidden;
    this.index = index;
    this.sequence = sequence;
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
