/**
 * Who is behind a connection, as `authenticate` says it: anything else than a session is nobody.
 */
import type { Session } from './options.js';

function isTextOrNothing(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}

/** Throws for what is no session: a function that forgot to answer lets nobody in. */
export function checkedSession(answer: unknown): Session {
  if (typeof answer !== 'object' || answer === null) {
    throw new TypeError('authenticate answered with no session');
  }
  const { userId, grants, expiresAt, apartment } = answer as Partial<Record<string, unknown>>;
  if (typeof userId !== 'string' || userId === '') {
    throw new TypeError('a session has a userId, a text that is not empty');
  }
  const isList = Array.isArray(grants) && grants.every((one) => typeof one === 'string');
  if (grants !== undefined && !isList) throw new TypeError('grants are a list of texts');
  if (expiresAt !== undefined && !Number.isFinite(expiresAt)) {
    throw new TypeError('expiresAt is a number of milliseconds');
  }
  if (!isTextOrNothing(apartment)) throw new TypeError('an apartment is a text');
  return answer as Session;
}
