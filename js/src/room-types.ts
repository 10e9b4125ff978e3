/**
 * The public types of rooms: what presence is made of.
 */
import type { Unsubscribe } from './types.js';

/**
 * `manager.rooms`: messages between pages, of all tabs and, with a server, of all devices. Each
 * arrives at most once, at those who are there now, and is kept nowhere.
 */
export interface RoomsView {
  /**
   * `room` is one of the server's, such as `apartment:main` or `global`, which says who may use it;
   * with `#` and a name behind it as many as you like. `data` has at most 2 KiB as JSON text.
   * A device hears what other devices say in rooms in which it has said something itself.
   */
  send(room: string, data: unknown): void;
  /** Hears what is said, also on this page. */
  listen(room: string, listener: (data: unknown) => void): Unsubscribe;
}
