/**
 * Clients over plain requests, for networks that let no WebSocket through. Requests with the same
 * `connection` belong together; frames come in bodies, one behind the other, and go out in
 * answers. A request with `wait` is answered when there is something to say.
 *
 * Of several servers another may be met by each connection of the network below, and those are kept
 * for later requests. So the first request of a client, and one that came to the wrong server, end
 * theirs: whoever is sent to one server by now has forgotten the others after a few tries.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Ending, type Carrier, type Client } from './client.js';
import type { Clients } from './clients.js';
import type { Limits } from './options.js';

const waitSecondsMax = 25;
/** A client that asks for nothing for so long is gone. */
const silenceMillisMax = 40_000;
/** Messages that one request may carry. */
const messagesPerRequest = 4;
/** Of messages in rooms that wait for an answer to carry them. */
const roomLettersMax = 8 * 1024;
/** Where a frame says how long its body is, and what is around the body (core/wire/frame.h). */
const lengthAt = 8;
const aroundBody = 16;

const statusOf: Readonly<Record<Ending, number>> = {
  [Ending.needsAuth]: 401,
  [Ending.denied]: 403,
  [Ending.busy]: 503,
  [Ending.tooLarge]: 413,
  [Ending.restart]: 503,
};

export class Requests {
  readonly #clients: Clients;
  readonly #limits: Limits;
  readonly #byName = new Map<string, RequestCarrier>();

  constructor(clients: Clients, limits: Limits) {
    this.#clients = clients;
    this.#limits = limits;
  }

  async handle(request: IncomingMessage, response: ServerResponse, query: URLSearchParams) {
    const name = query.get('connection') ?? '';
    if (!/^[0-9a-f]{32}$/.test(name)) return answer(response, 400);
    // Who goes on with what nobody here began has to ask again for all that it had.
    const begun = this.#byName.get(name);
    // A network connection that led elsewhere than the others is not to be used again.
    if (begun === undefined) response.setHeader('connection', 'close');
    if (begun === undefined && query.get('begin') !== '1') return answer(response, 410);
    const carrier = begun ?? this.#open(name);
    const { client } = carrier;
    if (client === null) return answer(response, 503);
    const token = tokenOf(request);
    if (client.session === null || client.isAsked || carrier.token !== token) {
      if (!(await this.#clients.admit(client, token, request))) {
        carrier.finish();
        return answer(response, statusOf[carrier.ending ?? Ending.needsAuth]);
      }
      carrier.token = token;
    }
    // Nothing is read of who has not said who he is.
    const bytesMax = this.#limits.maxMessageBytes * messagesPerRequest;
    const body = await bodyOf(request, bytesMax).catch((error: unknown) => {
      carrier.end(Ending.busy);
      throw error;
    });
    if (body === null) return answer(response, 413);
    carrier.renew();
    for (const frame of framesIn(body)) this.#clients.receive(client, frame);
    this.#clients.hear(client, wordsIn(query.get('words')));
    if (carrier.ending !== null) return answer(response, statusOf[carrier.ending]);
    const wait = Math.min(Math.max(Number(query.get('wait') ?? 0) || 0, 0), waitSecondsMax);
    carrier.answerLater(response, wait * 1000);
  }

  #open(name: string): RequestCarrier {
    const carrier = new RequestCarrier(() => {
      this.#byName.delete(name);
      if (carrier.client !== null) this.#clients.close(carrier.client);
    });
    carrier.client = this.#clients.open(carrier);
    this.#byName.set(name, carrier);
    return carrier;
  }

  close(): void {
    for (const carrier of [...this.#byName.values()]) carrier.end(Ending.restart);
  }
}

class RequestCarrier implements Carrier {
  client: Client | null = null;
  token: string | null = null;
  ending: Ending | null = null;
  readonly #onOver: () => void;
  #frames: Uint8Array[] = [];
  #words: string[] = [];
  #wordLetters = 0;
  #waitingBytes = 0;
  #open: { response: ServerResponse; timer: NodeJS.Timeout } | null = null;
  #silence: NodeJS.Timeout | undefined;
  #pausedUntil = 0;

  constructor(onOver: () => void) {
    this.#onOver = onOver;
    this.renew();
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  send(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#waitingBytes += frame.length;
    this.#say();
  }

  say(words: Readonly<Record<string, unknown>>): void {
    const text = asciiOf(words);
    // A header has an end. What may get lost makes room for what may not.
    if ('room' in words && this.#wordLetters + text.length > roomLettersMax) return;
    this.#words.push(text);
    this.#wordLetters += text.length;
    this.#say();
  }

  end(why: Ending): void {
    if (this.ending !== null) return;
    this.ending = why;
    this.#say();
    this.finish();
  }

  finish(): void {
    clearTimeout(this.#silence);
    this.#onOver();
  }

  /** The client has just been heard. */
  renew(): void {
    clearTimeout(this.#silence);
    if (this.ending !== null) return;
    this.#silence = setTimeout(() => this.end(Ending.busy), silenceMillisMax);
    this.#silence.unref();
  }

  /** Requests can't be held up before they are read: their answers are. */
  pause(millis: number): void {
    this.#pausedUntil = Date.now() + millis;
  }

  /** Answers at once with what there is, or when there is something within `millis`. */
  answerLater(response: ServerResponse, millis: number): void {
    const pause = this.#pausedUntil - Date.now();
    if (pause > 0) {
      setTimeout(() => this.#answer(response), pause).unref();
      return;
    }
    const isNews = this.#frames.length > 0 || this.#words.length > 0;
    if (isNews || millis === 0) return this.#answer(response);
    this.#close();
    const timer = setTimeout(() => this.#close(), millis);
    timer.unref();
    this.#open = { response, timer };
    response.on('close', () => {
      clearTimeout(timer);
      if (this.#open?.response !== response) return;
      this.#open = null;
      // Whose request fails begins anew, under another name.
      this.end(Ending.busy);
    });
  }

  #say(): void {
    // Whatever is said in this turn leaves together.
    if (this.#open !== null) queueMicrotask(() => this.#close());
  }

  #close(): void {
    if (this.#open === null) return;
    const { response, timer } = this.#open;
    this.#open = null;
    clearTimeout(timer);
    this.#answer(response);
  }

  #answer(response: ServerResponse): void {
    if (this.ending !== null) return answer(response, statusOf[this.ending]);
    const frames = this.#frames;
    const words = this.#words;
    this.#frames = [];
    this.#words = [];
    this.#wordLetters = 0;
    this.#waitingBytes = 0;
    if (words.length > 0) response.setHeader('danji-words', `[${words.join()}]`);
    response.setHeader('content-type', 'application/octet-stream');
    response.end(Buffer.concat(frames));
  }
}

export function answer(response: ServerResponse, status: number, text = ''): void {
  response.statusCode = status;
  response.end(text);
}

/** As a header can carry it. */
function asciiOf(words: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(words).replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function wordsIn(text: string | null): Record<string, unknown> | null {
  try {
    const words: unknown = JSON.parse(text ?? 'null');
    return typeof words === 'object' ? (words as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

function tokenOf({ headers: { authorization } }: IncomingMessage): string | null {
  return authorization?.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : null;
}

/** Null when it is too large. */
async function bodyOf(request: IncomingMessage, bytesMax: number): Promise<Buffer | null> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > bytesMax) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** The last one may be cut off: the core will say what it thinks of it. */
function* framesIn(body: Buffer): Iterable<Uint8Array> {
  for (let at = 0; at < body.length; ) {
    const isWhole = at + aroundBody <= body.length;
    const length = isWhole ? body.readUInt32LE(at + lengthAt) + aroundBody : body.length - at;
    yield body.subarray(at, at + length);
    at += length;
  }
}
