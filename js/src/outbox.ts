/**
 * The outbox: ops of shared spaces that nobody has decided yet; `manager.outbox`. The core has
 * them in its overlays and sends them; here they are listed, hurried and taken back.
 */
import { ByteWriter, type ByteReader } from './bytes.js';
import { DanjiError, refusals, type ErrorCode } from './errors.js';
import type { OutboxItem, OutboxView } from './outbox-types.js';
import type { Store } from './store.js';
import { inspect } from './tabs/view.js';
import type { Unsubscribe } from './types.js';

const authors = ['this-tab', 'other-tab', 'gone'] as const;
/** Added to the author's number when the op was taken back. */
const takenBack = 4;

interface Row {
  readonly item: OutboxItem;
  readonly isTakenBack: boolean;
}

interface Ending {
  readonly resolve: () => void;
  readonly reject: (error: DanjiError) => void;
}

export class Outbox implements OutboxView {
  readonly #store: Store;
  #listeners: readonly (() => void)[] = [];
  /** Who waits until an op is certainly gone, by op. */
  readonly #discards = new Map<string, Ending>();
  /** Who waits until none of these ops waits. */
  readonly #retries = new Set<{ readonly ops: ReadonlySet<string>; readonly ending: Ending }>();
  /** Why the server was not reached the last time. */
  serverProblem: () => string | null = () => null;
  onRetry: () => void = () => {};

  constructor(store: Store) {
    this.#store = store;
  }

  // ---- For the application

  size(): number {
    return this.list().length;
  }

  list(): readonly OutboxItem[] {
    const rows = this.#read().filter(({ isTakenBack }) => !isTakenBack);
    return rows.map(({ item }) => item).sort((one, other) => one.since - other.since);
  }

  retry(): Promise<void> {
    this.#store.checkOpen();
    const ops = new Set(this.list().map(({ opId }) => opId));
    const done = new Promise<void>((resolve, reject) => {
      this.#retries.add({ ops, ending: { resolve, reject } });
    });
    done.catch(() => {}); // Most will not wait for it.
    this.onRetry();
    this.changed();
    return done;
  }

  discard(opId: string): Promise<void> {
    const store = this.#store;
    store.checkOpen();
    const [, session = '', address = '', sequence = ''] =
      /^([0-9a-f]{32})\/(.+)#(\d{1,15})$/.exec(opId) ?? [];
    if (session === '') throw new DanjiError('INVALID_VALUE', `'${String(opId)}' is no op's id`);
    store.beginTask();
    store.fillDeferred();
    const out = new ByteWriter();
    out.text(address);
    for (const [byte] of session.matchAll(/../g)) out.u8(Number.parseInt(byte, 16));
    out.varint(Number(sequence));
    store.bridge.withdraw(out);
    const gone = new Promise<void>((resolve, reject) => {
      this.#discards.set(opId, { resolve, reject });
    });
    gone.catch(() => {});
    store.settle();
    return gone;
  }

  subscribe(listener: () => void): Unsubscribe {
    const own = (): void => listener();
    this.#listeners = [...this.#listeners, own];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== own);
    };
  }

  // ---- What is told

  /** Something came, went or was sent, or waits for another reason. */
  changed(): void {
    if (this.#discards.size > 0 || this.#retries.size > 0) this.#settle();
    for (const listener of this.#listeners) this.#store.mirror.guard(undefined, listener);
  }

  /** An own op is decided, with a code; true if it was taken back. */
  decided(opId: string, code: ErrorCode): boolean {
    const ending = this.#discards.get(opId);
    if (ending === undefined) return false;
    this.#discards.delete(opId);
    if (code === 'OK') ending.reject(new DanjiError('CONFLICT', 'it was accepted before'));
    else if (code === 'UNCERTAIN') ending.reject(new DanjiError(code, refusals[code] ?? ''));
    else ending.resolve();
    return true;
  }

  end(error: DanjiError): void {
    for (const { ending } of this.#retries) ending.reject(error);
    for (const ending of this.#discards.values()) ending.reject(error);
    this.#retries.clear();
    this.#discards.clear();
  }

  #settle(): void {
    const waiting = new Set(this.#read().map(({ item }) => item.opId));
    for (const retry of this.#retries) {
      if ([...retry.ops].some((opId) => waiting.has(opId))) continue;
      this.#retries.delete(retry);
      retry.ending.resolve();
    }
    // Of what others wrote nobody is told how it was decided.
    const gone = [...this.#discards.keys()].filter((opId) => !waiting.has(opId));
    for (const opId of gone) this.decided(opId, 'VOID');
  }

  #read(): Row[] {
    const store = this.#store;
    if (store.isOver) return [];
    const { role } = inspect(store);
    const decider = role === 'follower' || role === 'joining' ? 'tab' : 'disk';
    const problems = { server: this.serverProblem(), disk: store.saves.problem, tab: null };
    const ops = store.bridge.outbox();
    const rows: Row[] = [];
    for (let whose = ops.u8(); whose !== 0; whose = ops.u8()) {
      const op = readOp(ops);
      const waitsFor = op.space.startsWith('server/') ? 'server' : decider;
      const author = authors[(whose % takenBack) - 1] ?? 'gone';
      const item = { ...op, author, waitsFor, lastError: problems[waitsFor] } as const;
      rows.push({ item, isTakenBack: whose > takenBack });
    }
    return rows;
  }
}

function readOp(ops: ByteReader) {
  const space = ops.text();
  const opId = `${ops.text()}/${space}#${ops.f64()}`;
  const [unitId, since, attempts] = [ops.text(), ops.f64(), ops.u32()];
  const keys = Array.from({ length: ops.varint() }, () => ops.text());
  return { opId, keys, space, unitId, since, attempts };
}
