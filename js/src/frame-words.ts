/**
 * What a page and the frames that it admitted say to each other. Each side takes the other's words
 * for a stranger's.
 *
 *   frame to page, on the window   {danji: 'frame', document}          asks for a port
 *   page to frame, on the window   {danji: 'page', port, values}       that, and what it may read
 *   page to frame, on the port     {key, value}                        it is this now
 *                                  {done: number, code, detail}        what became of a write
 *   frame to page, on the port     {write: number, key, value}
 */
import type { ErrorCode } from './errors.js';

/** Which document asks, by a name that it chose: one that asks twice has one port. */
export interface Ask {
  readonly danji: 'frame';
  readonly document: string;
}

export interface Welcome {
  readonly danji: 'page';
  readonly values: readonly (readonly [key: string, value: unknown])[];
}

export interface Told {
  readonly key: string;
  readonly value: unknown;
}

export interface Done {
  readonly done: number;
  /** Null: it was accepted. */
  readonly code: ErrorCode | null;
  readonly detail: string;
}

export interface Write {
  readonly write: number;
  readonly key: string;
  readonly value: unknown;
}

/** Null for what is no object. */
export function partsOf(said: unknown): Readonly<Record<string, unknown>> | null {
  return typeof said === 'object' ? (said as Readonly<Record<string, unknown>> | null) : null;
}

/** Windows of a page say many things to each other; null: this is not for the broker. */
export function askIn(said: unknown): Ask | null {
  const { danji, document } = partsOf(said) ?? {};
  return danji === 'frame' && typeof document === 'string' ? { danji, document } : null;
}
