/**
 * A wire to the server: what carries frames, and the few words that are about the connection
 * itself. `socket.ts` and `requests.ts` make one each; both speak with the same server.
 */

/** Why a wire ended. */
export type WireEnd = 'lost' | 'needs-auth' | 'denied';

export interface WireEvents {
  /** The server knows who we are: frames may go. */
  ready(): void;
  frame(bytes: Uint8Array): void;
  /** The token expires soon: `offer` a new one. */
  tokenExpires(): void;
  /** A space that we may not read. */
  spaceDenied(address: string): void;
  heardInRoom(room: string, data: unknown): void;
  /** A question left that is answered at once, and its answer came: for how long that takes. */
  asked(): void;
  answered(): void;
  /** At most once; nothing else comes after it. `detail` is for people. */
  ended(why: WireEnd, detail: string): void;
}

export interface Wire {
  /** There is so much to send that more has to wait. */
  readonly isFull: boolean;
  send(frames: readonly Uint8Array<ArrayBuffer>[]): void;
  /** Words beside the frames; they may get lost. */
  say(words: Readonly<Record<string, unknown>>): void;
  /** Another token in place of the one that it began with. */
  offer(token: string | null): void;
  /** `ended` is not called any more. */
  close(): void;
}

/** How long a server may take to take us in. */
export const openMillisMax = 10_000;

export const noAnswer = 'the server did not answer in time';

/** What was said about the connection, outside of frames. */
export function hear(words: unknown, events: WireEvents): void {
  if (typeof words !== 'object' || words === null) return;
  const { ready, refresh, denied, pong, room, data } = words as Record<string, unknown>;
  if (typeof room === 'string') events.heardInRoom(room, data);
  if (pong === true) events.answered();
  if (ready === true) events.ready();
  if (refresh === true) events.tokenExpires();
  if (typeof denied === 'string') events.spaceDenied(denied);
}
