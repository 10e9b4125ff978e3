/**
 * What binds a keeper to the other servers of its spaces.
 */
import type { Host } from 'danji/server';
import type { Afterwards } from './afterwards.js';
import type { KeeperParts } from './keeper.js';
import type { SharedLogs } from './shared-logs.js';
import { Shares } from './shares.js';
import type { Spaces } from './spaces.js';

export interface SharingParts {
  readonly host: Host;
  readonly logs: SharedLogs;
  readonly spaces: Spaces;
  readonly afterwards: Afterwards | null;
  readonly keeper: KeeperParts;
  readonly act: (call: () => void) => void;
  /** What waited for a word there. */
  readonly forgetWords: (address: string) => void;
}

export function sharesFor(parts: SharingParts): Shares {
  const { host, logs, spaces, afterwards, keeper, act, forgetWords } = parts;
  const shares = new Shares({
    host,
    logs,
    act,
    logger: keeper.logger,
    metrics: keeper.metrics,
    sessionOf: keeper.sessionOf,
    onFollowed: (address, rows) => spaces.followed(address, rows),
    onLead: {
      before: async (address) => afterwards?.takeOver(address),
      after: (address) => afterwards?.led(address),
    },
    onDropped: (address, connections) => {
      forgetWords(address);
      spaces.forget(address);
      afterwards?.forget(address);
      keeper.endThose(connections);
    },
  });
  logs.listen({
    rows: (address) => shares.rows(address),
    forwarded: (address, message) => shares.forwarded(address, message),
    said: (room, data) => keeper.pass(room, JSON.parse(data)),
    back: (isSame) => shares.back(isSame),
  });
  return shares;
}

/** Takes the spaces over whose hook was not told of everything, when nobody leads them any more. */
export async function takeUntold({ spaces, afterwards }: SharingParts, shares: Shares) {
  for (const address of Object.keys((await afterwards?.untold()) ?? {})) {
    if (afterwards?.awaits(address) === true) continue;
    const release = spaces.hold(address);
    try {
      await spaces.load(address);
      await shares.take(address);
    } finally {
      release();
    }
  }
}
