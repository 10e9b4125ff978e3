/**
 * The public types of what outlives the page.
 */
import type { ErrorCode } from './errors.js';
import type { Unsubscribe } from './types.js';

/**
 * How long a value lives: while a tab of its cluster has it (`memory`, the default), also while
 * the last of them is loaded again (`session`), or until it is unset (`persistent`), as far as the
 * browser keeps its word.
 */
export type StateLifetime = 'memory' | 'session' | 'persistent';

/**
 * `on`: what lasts is kept. `failing`: the disk refuses, see `problem`; memory goes on, and it is
 * tried again. `memory`: there is no disk for this manager, so nothing lasts.
 */
export type StorageStatus = 'on' | 'failing' | 'memory';

/** `manager.storage`: how the keeping of what lasts fares. */
export interface StorageView {
  status(): StorageStatus;
  /** `QUOTA` or `STORAGE` while it fails, else null. */
  readonly problem: ErrorCode | null;
  /** Hears when one of the two changed. */
  subscribe(listener: () => void): Unsubscribe;
}
