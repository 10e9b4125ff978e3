/**
 * Receipts: what a write's promise resolves to, and the list of writes still waiting for theirs.
 */
import { DanjiError } from './errors.js';
import type { SpaceView } from './cell.js';
import type { CommitReceipt, Version } from './types.js';

export function opIdOf({ session, address }: SpaceView, sequence: number): string {
  return `${session}/${address}#${sequence}`;
}

export class Receipt implements CommitReceipt {
  readonly applied: CommitReceipt['applied'];
  readonly superseded: boolean;
  readonly #space: SpaceView;
  readonly #epoch: string;
  readonly #sequence: number;
  readonly #index: number;

  /** `index` 0: undecided. */
  constructor(
    space: SpaceView,
    sequence: number,
    index: number,
    superseded = false,
    applied: CommitReceipt['applied'] = index === 0 ? 'local' : 'acked',
  ) {
    this.applied = applied;
    this.superseded = superseded;
    this.#space = space;
    this.#epoch = space.epoch;
    this.#sequence = sequence;
    this.#index = index;
  }

  get opId(): string {
    return opIdOf(this.#space, this.#sequence);
  }

  get version(): Version | null {
    return this.#index === 0 ? null : { epoch: this.#epoch, index: this.#index };
  }

  /** The same, of a write that is on the disk. */
  persisted(): Receipt {
    return new Receipt(this.#space, this.#sequence, this.#index, this.superseded, 'persisted');
  }

  toJSON(): CommitReceipt {
    const { opId, version, applied, superseded } = this;
    return { opId, version, applied, superseded };
  }
}

/**
 * A promise for the decision on an op. A refusal that nobody listens to is no crash of the page:
 * it is told to `report` instead. Decided writes never need one, so their promises are plain.
 */
export class Decision extends Promise<CommitReceipt> {
  readonly resolve: (receipt: CommitReceipt) => void;
  readonly reject: (error: unknown) => void;
  /** Somebody listens. */
  isHeard = false;

  /** What is made of it by `then` is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  constructor() {
    let resolveSuper: Decision['resolve'] = () => {};
    let rejectSuper: Decision['reject'] = () => {};
    super((resolve, reject) => {
      resolveSuper = resolve;
      rejectSuper = reject;
    });
    this.resolve = resolveSuper;
    this.reject = rejectSuper;
    void super.then(undefined, () => {});
  }

  /** Also the way of `await`, `catch`, `finally` and `Promise.all`. */
  override then<A = CommitReceipt, B = never>(
    kept?: ((receipt: CommitReceipt) => A | PromiseLike<A>) | null,
    refused?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isHeard = true;
    return super.then(kept, refused);
  }
}

/** Who listens has until the end of the task to begin with it, as for any promise. */
function reportUnheard(
  refused: readonly Decision[],
  report: (error: DanjiError) => void,
  error: DanjiError,
): void {
  setTimeout(() => {
    if (!refused.some(({ isHeard }) => isHeard)) report(error);
  }, 0);
}

/** A promise of several tries: a failure that nobody listens to is reported, as of one. */
export function heard(
  tries: Promise<CommitReceipt>,
  report: (error: DanjiError) => void,
): Promise<CommitReceipt> {
  const decision = new Decision();
  tries.then(decision.resolve, (error: unknown) => {
    decision.reject(error);
    if (error instanceof DanjiError) reportUnheard([decision], report, error);
  });
  return decision;
}

/** The undecided ops of one space, by number. */
export class WaitingOps {
  readonly #report: (error: DanjiError) => void;
  readonly #ops = new Map<number, Decision[]>();

  /** `report` hears of the refusals that nobody listens to. */
  constructor(report: (error: DanjiError) => void) {
    this.#report = report;
  }

  /** The decision on an op; who has its promise already brings it. */
  wait(sequence: number, decision = new Decision()): Decision {
    const waiting = this.#ops.get(sequence);
    if (waiting === undefined) this.#ops.set(sequence, [decision]);
    else waiting.push(decision);
    return decision;
  }

  settle(sequence: number, outcome: CommitReceipt | DanjiError): void {
    const waiting = this.#ops.get(sequence);
    if (waiting === undefined) {
      // Made again after its log had ended: its promise was kept long ago.
      if (outcome instanceof DanjiError && outcome.key !== undefined) this.#report(outcome);
      return;
    }
    this.#ops.delete(sequence);
    for (const decision of waiting) {
      if (outcome instanceof Error) decision.reject(outcome);
      else decision.resolve(outcome);
    }
    // Whoever takes a write back knows of it.
    const isNews = outcome instanceof Error && outcome.code !== 'DISCARDED';
    if (isNews) this.#reportUnheard(waiting, outcome);
  }

  /** A promise for a write that was refused in the call, by a decision. */
  refuse(error: DanjiError): Decision {
    const decision = new Decision();
    decision.reject(error);
    this.#reportUnheard([decision], error);
    return decision;
  }

  /** The number of the op whose decision this is; 0 when it waits for none. */
  sequenceOf(decided: Promise<CommitReceipt>): number {
    for (const [sequence, waiting] of this.#ops) {
      if (waiting.some((decision) => decision === decided)) return sequence;
    }
    return 0;
  }

  /** The op goes on under another number. */
  renumber(before: number, now: number): void {
    const waiting = this.#ops.get(before);
    if (waiting === undefined) return;
    this.#ops.delete(before);
    this.#ops.set(now, waiting);
  }

  #reportUnheard(refused: readonly Decision[], error: DanjiError): void {
    reportUnheard(refused, this.#report, error);
  }

  failAll(error: DanjiError): void {
    for (const sequence of [...this.#ops.keys()]) this.settle(sequence, error);
  }
}
