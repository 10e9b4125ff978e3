/**
 * The public types of the connection to a server.
 */
import type { Unsubscribe } from './types.js';

/** A token for the server, or what fetches one; it is asked again when the old one expires. */
export type TokenSource = string | (() => string | Promise<string>);

export interface RemoteOptions {
  /** Where `danji-server` is: `wss://…` or `https://…`; its own paths are added to it. */
  readonly url: string;
  /** Says who this is. Without one: whatever the server lets anybody do. */
  readonly token?: TokenSource | undefined;
  /** `false`: requests instead of a WebSocket. A class: in place of the global one. */
  readonly WebSocket?: WebSocketClass | false | undefined;
  /**
   * The pause before the next attempt is chance between 0 and `baseMillis`, doubled with each
   * failure up to `maxMillis`. Default 500 and 30,000.
   */
  readonly backoff?: { readonly baseMillis?: number; readonly maxMillis?: number } | undefined;
}

/** The part of a `WebSocket` that is used. */
export interface SocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number): void;
}
export type WebSocketClass = new (url: string) => SocketLike;

/**
 * `online`: the server has answered. `connecting`: the first attempt is under way. `offline`: no
 * connection; it is tried again. `needs-auth`: the server wants a token, or another one.
 * `denied`: it will not have us; `connect()` asks again.
 */
export type ConnectionStatus = 'offline' | 'connecting' | 'online' | 'needs-auth' | 'denied';

/** This device's connection to the server. The deciding tab holds it; the others hear of it. */
export interface ConnectionView {
  status(): ConnectionStatus;
  subscribe(listener: (status: ConnectionStatus) => void): Unsubscribe;
  /** Why it is not online, as far as is known, for people; null while it is. */
  readonly problem: string | null;
  /** So many milliseconds took the last question to the server and its answer; null: unknown. */
  readonly latencyMillis: number | null;
  /** Tries at once, also after `disconnect()` or when the server refused. */
  connect(): void;
  /** Ends the connection of this tab until `connect()`. */
  disconnect(): void;
}
