/**
 * Messages in rooms: passed on to the other connections in a room, at most once, and kept nowhere.
 *
 *   client to server   {"room": name, "data": any}     says it, and is in the room from now on
 *   server to client   the same                        what somebody else said
 *
 * A room is one that `authorize` knows, with `#` and any name behind it. Who may only read hears
 * and is not heard. What is too much is dropped: nobody relies on a message. Servers of the same
 * spaces pass it on to each other.
 */
import type { Client } from './client.js';
import type { RoomAccess } from './options.js';
import type { SharedLogs } from './shared-logs.js';

const roomPattern = /^(?:global|(?:apartment|building):[\w./-]{1,130})(?:#.{1,64})?$/s;
const lettersMax = 2 * 1024 + 256;
const messagesPerSecond = 50;
const burst = 100;

interface Member {
  readonly access: Map<string, RoomAccess>;
  allowance: number;
  countedMillis: number;
}

export class Relay {
  /** What a client may do in a room of the server. */
  readonly #accessOf: (client: Client, room: string) => Promise<RoomAccess>;
  readonly #roomsMax: number;
  readonly #slowBytes: number;
  readonly #others: SharedLogs | undefined;
  readonly #members = new Map<Client, Member>();
  readonly #rooms = new Map<string, Set<Client>>();

  constructor(
    accessOf: (client: Client, room: string) => Promise<RoomAccess>,
    limits: { readonly maxRoomsPerConnection: number; readonly slowConsumerBytes: number },
    others?: SharedLogs,
  ) {
    this.#others = others;
    this.#accessOf = accessOf;
    this.#roomsMax = limits.maxRoomsPerConnection;
    this.#slowBytes = limits.slowConsumerBytes;
  }

  /** Whether that was for a room. */
  hear(client: Client, words: Readonly<Record<string, unknown>> | null): boolean {
    const { room, data } = words ?? {};
    if (typeof room !== 'string') return false;
    if (!client.isOver && roomPattern.test(room)) void this.#say(client, room, data);
    return true;
  }

  async #say(client: Client, room: string, data: unknown): Promise<void> {
    const text = JSON.stringify(data) ?? '';
    const member = this.#memberOf(client);
    if (text.length > lettersMax || !mayPass(member)) return;
    let access = member.access.get(room);
    if (access === undefined) {
      if (member.access.size >= this.#roomsMax) return;
      member.access.set(room, 'none'); // Asked once, and nothing passes before the answer.
      try {
        const given = await this.#accessOf(client, room.replace(/#.*$/s, ''));
        access = given === 'read' || given === 'write' ? given : 'none';
      } catch {
        access = 'none';
      }
      if (client.isOver || this.#members.get(client) !== member) return;
      member.access.set(room, access);
      if (access !== 'none') this.#join(client, room);
    }
    if (access !== 'write') return;
    this.pass(room, data, client);
    this.#others?.say(room, text);
  }

  /** To everybody in the room but who said it. */
  pass(room: string, data: unknown, from?: Client): void {
    for (const other of this.#rooms.get(room) ?? []) {
      const isFull = other.carrier.waitingBytes > this.#slowBytes / 2;
      if (other !== from && !isFull) other.carrier.say({ room, data });
    }
  }

  #memberOf(client: Client): Member {
    const known = this.#members.get(client);
    if (known !== undefined) return known;
    const member = { access: new Map(), allowance: burst, countedMillis: Date.now() };
    this.#members.set(client, member);
    return member;
  }

  #join(client: Client, room: string): void {
    const among = this.#rooms.get(room) ?? new Set<Client>();
    if (among.size === 0) this.#others?.enterRoom(room);
    this.#rooms.set(room, among.add(client));
  }

  /** It is gone, or somebody else may do something else: rooms are asked for again. */
  forget(client: Client): void {
    const member = this.#members.get(client);
    if (member === undefined) return;
    this.#members.delete(client);
    for (const room of member.access.keys()) {
      const among = this.#rooms.get(room);
      among?.delete(client);
      if (among?.size !== 0) continue;
      this.#rooms.delete(room);
      this.#others?.leaveRoom(room);
    }
  }
}

function mayPass(member: Member): boolean {
  const now = Date.now();
  const earned = (Math.max(0, now - member.countedMillis) / 1000) * messagesPerSecond;
  member.allowance = Math.min(burst, member.allowance + earned) - 1;
  member.countedMillis = now;
  if (member.allowance >= 0) return true;
  member.allowance = 0;
  return false;
}
