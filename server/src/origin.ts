/**
 * Which pages may talk to this server. A browser says whose page asks; other programs say
 * nothing, and have to bring a token like everybody.
 */
import type { IncomingMessage } from 'node:http';

const thisMachine = new Set(['localhost', '127.0.0.1', '[::1]']);

export interface OriginRule {
  readonly origins: readonly string[];
  /** Pages of this machine too: development. */
  readonly isOpen: boolean;
}

export function mayAsk({ headers }: IncomingMessage, { origins, isOpen }: OriginRule): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes(origin)) return true;
  let from: URL;
  try {
    from = new URL(origin);
  } catch {
    return false; // Such as `null`, of a page without an origin.
  }
  if (isOpen && thisMachine.has(from.hostname)) return true;
  // In development mode the name must be this machine's: others may be made to point at it.
  return !isOpen && from.host === host;
}
