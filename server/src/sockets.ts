/**
 * Clients over WebSockets. The first message is a text that says who it is, `{"auth": token}`;
 * until it was answered with `{"ready": true}` nothing else is listened to. Then binary messages
 * are frames, and texts are about the connection.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { Ending, type Carrier } from './client.js';
import type { Clients } from './clients.js';
import type { Limits } from './options.js';

/** Of what is said before anybody knows who it is. */
const helloBytesMax = 32 * 1024;
const helloMillisMax = 5_000;
/** Pieces of one message; pages send it whole. */
const maxFragments = 1024;
/** How often a client is asked for a sign of life; without one it is gone the next time. */
const pingMillis = 30_000;
/** How long a client has to take note that its connection ends. */
const farewellMillis = 1_000;

export class Sockets {
  readonly #server: WebSocketServer;
  readonly #clients: Clients;
  readonly #alive = new WeakSet<WebSocket>();
  readonly #pings: NodeJS.Timeout;

  constructor(clients: Clients, { maxMessageBytes }: Limits) {
    this.#clients = clients;
    this.#server = new WebSocketServer({
      noServer: true,
      maxPayload: maxMessageBytes,
      maxFragments,
      perMessageDeflate: false,
    });
    this.#pings = setInterval(() => this.#ping(), pingMillis);
    this.#pings.unref();
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      this.#take(webSocket, request);
    });
  }

  #take(socket: WebSocket, request: IncomingMessage): void {
    const client = this.#clients.open(new SocketCarrier(socket));
    const silence = setTimeout(() => socket.close(Ending.needsAuth), helloMillisMax);
    let stage: 'new' | 'asked' | 'ready' = 'new';
    this.#alive.add(socket);

    const authenticate = async (data: RawData): Promise<void> => {
      const words = wordsOf(data);
      if (words === null || !('auth' in words)) return socket.close(Ending.needsAuth);
      const wasReady = stage === 'ready';
      if (!wasReady) stage = 'asked';
      if (!(await this.#clients.admit(client, words['auth'], request)) || wasReady) return;
      clearTimeout(silence);
      stage = 'ready';
      client.carrier.say({ ready: true });
    };
    const hear = (data: RawData, isBinary: boolean): void => {
      this.#alive.add(socket);
      if (stage === 'new' && !isBinary && sizeOf(data) <= helloBytesMax) {
        void authenticate(data);
      } else if (stage !== 'ready') {
        socket.close(Ending.needsAuth);
      } else if (isBinary) {
        this.#clients.receive(client, bytesOf(data));
      } else if (wordsOf(data)?.['ping'] === true) {
        client.carrier.say({ pong: true });
      } else if (!this.#clients.hear(client, wordsOf(data))) {
        void authenticate(data);
      }
    };
    socket.on('message', hear);
    socket.on('pong', () => this.#alive.add(socket));
    socket.on('error', () => {}); // Such as a message that is too large; a close follows.
    socket.on('close', () => {
      clearTimeout(silence);
      this.#clients.close(client);
    });
  }

  #ping(): void {
    for (const socket of this.#server.clients) {
      if (!this.#alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }

  close(): void {
    clearInterval(this.#pings);
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }
}

class SocketCarrier implements Carrier {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame);
  }

  say(words: Readonly<Record<string, unknown>>): void {
    this.#socket.send(JSON.stringify(words));
  }

  end(why: Ending): void {
    this.#socket.close(why);
    // Who does not read does not read this either.
    setTimeout(() => this.#socket.terminate(), farewellMillis).unref();
  }

  pause(millis: number): void {
    this.#socket.pause();
    setTimeout(() => this.#socket.resume(), millis).unref();
  }
}

function sizeOf(data: RawData): number {
  return Array.isArray(data) ? Infinity : data.byteLength;
}

function bytesOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function wordsOf(data: RawData): Record<string, unknown> | null {
  try {
    const words: unknown = JSON.parse(Buffer.from(bytesOf(data)).toString('utf8'));
    return typeof words === 'object' ? (words as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
