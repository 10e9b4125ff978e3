/**
 * What adapters reject with, in one place, so that all of them mean the same.
 */
import { DanjiError } from '../errors.js';
import type { StorageReason } from './adapter-types.js';

export function storageError(reason: StorageReason, detail: string, cause?: unknown): DanjiError {
  return new DanjiError('STORAGE', detail, { details: { reason }, cause });
}

export function quotaError(cause: unknown): DanjiError {
  return new DanjiError('QUOTA', 'there is no room for more', { cause });
}

export function staleError(key: string): DanjiError {
  return new DanjiError('STALE', `the row '${key}' is not as expected`);
}

export function closedError(): DanjiError {
  return new DanjiError('CLOSED', 'the storage is not open');
}

/** The reason in an error of `storageError`. */
export function reasonOf(error: unknown): StorageReason | undefined {
  if (!(error instanceof DanjiError) || error.code !== 'STORAGE') return undefined;
  return (error.details as { reason: StorageReason }).reason;
}
