/**
 * Rooms: messages between pages that nobody keeps. Between tabs they are events; of the tabs the
 * one that has the connection carries them to the server and back.
 */
import { checkValue } from './check.js';
import { DanjiError } from './errors.js';
import { freezeDeep, utf8Bytes } from './json.js';
import type { RoomsView } from './room-types.js';
import type { Store } from './store.js';
import { roomWords, tellTabs } from './tab-words.js';
import type { Unsubscribe } from './types.js';

const roomPattern = /^(?:global|(?:apartment|building):[\w./-]{1,130})(?:#.{1,64})?$/s;
/** In UTF-8, so that an address of a request has room for it. */
const bytesMax = 2048;

export class Rooms implements RoomsView {
  readonly #store: Store;
  readonly #listeners = new Map<string, Set<(data: unknown) => void>>();
  /** To the server, if this tab has the connection. */
  onSend: (room: string, data: unknown) => void = () => {};

  constructor(store: Store) {
    this.#store = store;
    store.tabWords.set(roomWords, (said) => {
      const { room, data } = (said ?? {}) as { room?: unknown; data?: unknown };
      if (typeof room !== 'string' || !roomPattern.test(room)) return;
      this.#tell(room, data);
      this.onSend(room, data);
    });
    store.tabWords.set(`${roomWords}/server`, (said) => {
      const { room, data } = (said ?? {}) as { room?: unknown; data?: unknown };
      if (typeof room === 'string') this.#tell(room, data);
    });
  }

  send(room: string, data: unknown): void {
    this.#store.checkOpen();
    checkRoom(room);
    checkValue(data, room);
    if (utf8Bytes(JSON.stringify(data)) > bytesMax) {
      throw new DanjiError('TOO_LARGE', `a message in a room has at most ${bytesMax} bytes`);
    }
    tellTabs(this.#store, roomWords, { room, data });
    this.onSend(room, data);
    this.#tell(room, data);
  }

  listen(room: string, listener: (data: unknown) => void): Unsubscribe {
    checkRoom(room);
    const own = (data: unknown): void => listener(data);
    const among = this.#listeners.get(room) ?? new Set();
    this.#listeners.set(room, among.add(own));
    return () => {
      among.delete(own);
      if (among.size === 0 && this.#listeners.get(room) === among) this.#listeners.delete(room);
    };
  }

  /** The server says what another device said. */
  heard(room: string, data: unknown): void {
    tellTabs(this.#store, `${roomWords}/server`, { room, data });
    freezeDeep(data); // One listener can't change it for the next.
    this.#tell(room, data);
  }

  #tell(room: string, data: unknown): void {
    for (const listener of [...(this.#listeners.get(room) ?? [])]) {
      this.#store.mirror.guard(undefined, () => listener(data));
    }
  }
}

function checkRoom(room: string): void {
  if (typeof room === 'string' && roomPattern.test(room)) return;
  const detail = `'${String(room)}' is no room, such as 'apartment:main' or 'global#chat'`;
  throw new DanjiError('INVALID_ID', detail);
}
