/**
 * Every failure this package throws. Branch on `code`; the message is for people and may
 * change in any release.
 *
 * Two copies of the package on one page throw two classes, so `instanceof DanjiError` looks
 * at a mark, not at the class.
 */

/** Wire-stable: the number is the place in core/base/errors.h. Append only. */
export const errorCodes = [
  'OK',
  'INVALID_KEY',
  'INVALID_VALUE',
  'TOO_LARGE',
  'NOT_REGISTERED',
  'DEFINITION_CLASH',
  'INVALID_DEFINITION',
  'INVALID_ID',
  'CROSS_SPACE',
  'DISPOSED',
  'CLOSED',
  'UNKNOWN_UNIT',
  'MALFORMED',
  'PROTOCOL',
  'CHECKSUM',
  'OUTBOX_FULL',
  'GAP',
  'VOID',
  'NO_ENGINE',
  'LISTENER_FAILED',
  'UPDATER_FAILED',
  'OPTIONS_IGNORED',
  'INTEGRITY',
  'POISONED',
  'UNIT_CLASH',
  'BUSY',
  'CONFLICT',
  'STALE',
  'OUT_OF_RANGE',
  'NO_FUNCTION',
  'VALIDATION',
  'ASYNC_SCHEMA',
  'READ_ONLY_SCHEMA',
  'MIGRATION',
  'COMMIT_FAILED',
  'FORBIDDEN',
  'QUOTA',
  'STORAGE',
  'CONNECTION',
  'UNCERTAIN',
  'DISCARDED',
  'HOOK_FAILED',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

const mark = Symbol.for('danji.error');

export class DanjiError extends Error {
  override readonly name = 'DanjiError';
  readonly code: ErrorCode;
  /** The state's key, where one is concerned. */
  readonly key: string | undefined;
  /** Where inside the value, such as `items.0.price`. */
  readonly path: string | undefined;
  readonly details: unknown;

  constructor(
    code: ErrorCode,
    detail: string,
    where: {
      key?: string | undefined;
      path?: string | undefined;
      details?: unknown;
      cause?: unknown;
    } = {},
  ) {
    super(`${code}: ${detail}`, where.cause === undefined ? undefined : { cause: where.cause });
    this.code = code;
    this.key = where.key;
    this.path = where.path;
    this.details = where.details;
    Object.defineProperty(this, mark, { value: true });
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && mark in value;
  }
}

/** What a code of the core means for the caller. */
export const refusals: { readonly [code in ErrorCode]?: string } = {
  CONFLICT: 'another write was first, and it stands',
  UNCERTAIN: 'it was decided while this tab was away, and nobody remembers how: read what stands',
  HOOK_FAILED: 'the server wanted to look at it and could not: see the log of the server',
  FORBIDDEN: 'its permissions do not let this unit write that',
  DEFINITION_CLASH: 'another tab defined this key with another scope or strategy, which stands',
  NOT_REGISTERED: 'nobody defined this key',
  DISCARDED: 'it was taken out of the outbox before anybody decided it',
  OUTBOX_FULL: 'too many writes are waiting for a decision',
  OUT_OF_RANGE: 'the sum would leave its bounds',
  STALE: 'what the write was made from is not there any more',
  READ_ONLY_SCHEMA: 'the key is kept under a newer version of its schema than this page has',
  TOO_LARGE: 'too much for one write',
  VALIDATION: 'the value does not fit the schema of its key',
  VOID: 'this tab was thought to be gone, and its write was never made',
};
