/**
 * The public types of the outbox: what was written and is not decided yet.
 */
import type { Unsubscribe } from './types.js';

/** An op that waits: all that one write, batch or transaction changed in a space. */
export interface OutboxItem {
  /** The receipt's. */
  readonly opId: string;
  readonly keys: readonly string[];
  readonly space: string;
  readonly unitId: string;
  /** Who wrote it: this tab, another open one, or one that is gone. */
  readonly author: 'this-tab' | 'other-tab' | 'gone';
  /** When it was written, in milliseconds since 1970. */
  readonly since: number;
  /** How often this tab sent it to whoever decides; 0 in tabs that leave that to another. */
  readonly attempts: number;
  /**
   * Who has to answer: the server, the tab that decides, or in that tab the disk, which is read
   * before anything is decided.
   */
  readonly waitsFor: 'server' | 'tab' | 'disk';
  /** Why that did not work the last time, for people; null: nothing is known to be wrong. */
  readonly lastError: string | null;
}

/** `manager.outbox`: what waits in all tabs of this device, as far as this one knows. */
export interface OutboxView {
  size(): number;
  /** Oldest first. */
  list(): readonly OutboxItem[];
  /**
   * Tries now instead of after a pause, also when the server had refused; not after
   * `disconnect()`. Resolves when all that waits now is decided.
   */
  retry(): Promise<void>;
  /**
   * Takes an op back: it is shown no more, and its promise rejects with `DISCARDED`. Resolves when
   * it is certain that it never counts, rejects with `CONFLICT` when it was accepted before.
   * Throws `STALE` for what does not wait, `FORBIDDEN` for what another open tab wrote.
   */
  discard(opId: string): Promise<void>;
  /** Hears when something came, was sent, went, or waits for another reason. */
  subscribe(listener: () => void): Unsubscribe;
}
