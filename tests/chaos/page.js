// Pages of the chaos: a process with some devices, each with a manager and a disk of its own, that
// write until they are told to rest. What they ask for and are told goes to a file at once: it is
// there also when this process is killed.
//
//   node page.js '{"journal", "url", "seed", "devices": [{"name", "folder", "usesSockets", "life", "tags"}]}'
//
// Messages: 'rest' · 'ends' (answered with the devices' ends) · 'leave'.
import { createHash } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { createStateManager } from 'danji';
import { fileStorage } from 'danji/node';
import { WebSocket } from 'ws';
import { Random } from '../js/random.js';
import { nextOp, over, readable, states } from './work.js';

const given = JSON.parse(process.argv[2]);
const journal = openSync(given.journal, 'a');
const random = new Random(given.seed);
const chance = () => random.below(1e9) / 1e9;
/** How long a device waits before it writes again, at most. */
const pauseMillis = 60;
let lines = 0;

function note(line) {
  writeSync(journal, `${JSON.stringify({ ...line, at: ++lines })}\n`);
}

class Device {
  #page;
  #tag;
  #storage;
  #timer;

  constructor({ name, folder, usesSockets, life, tags }) {
    this.name = name;
    this.#page = `${name}.${life}`;
    this.#tag = tags;
    this.#storage = fileStorage({ folder });
    this.manager = createStateManager({
      isolated: true,
      storage: this.#storage,
      remote: {
        url: given.url,
        WebSocket: usesSockets ? WebSocket : false,
        backoff: { baseMillis: 20, maxMillis: 200 },
      },
      onError: (error) => note({ page: this.#page, error: String(error) }),
    });
    this.manager.registerConflictStrategy('over', over);
    this.unit = this.manager.createUnitStateStore(name);
    for (const state of states) this.unit.getState(state);
    this.#goOn();
  }

  #goOn() {
    this.#timer = setTimeout(() => {
      for (let rest = chance() < 0.1 ? 8 : 1; rest > 0; rest--) this.#write();
      this.#read();
      this.#goOn();
    }, chance() * pauseMillis);
  }

  /** Tags of devices don't meet, and grow over all lives of a device. */
  #write() {
    const page = this.#page;
    const tag = (this.#tag += given.devicesInAll);
    const { writes, write, isCertain } = nextOp({ unit: this.unit, tag, chance });
    note({ page, asked: tag, writes });
    const isKept = isCertain && chance() < 0.3;
    const refused = ({ code = 'UNKNOWN' }) => note({ page, told: tag, code });
    try {
      write(isKept ? { wait: 'persisted' } : {}).then((receipt) => {
        if (receipt?.applied === 'persisted' && receipt.version === null) note({ page, stored: tag });
        else note({ page, told: tag, code: null, isOld: receipt?.superseded, ...receipt?.version });
      }, refused);
    } catch (error) {
      refused(error);
    }
  }

  #read() {
    const state = readable[Math.floor(chance() * readable.length)];
    const { value, meta } = this.unit.readState(state);
    if (meta.pending > 0 || meta.version === null) return;
    const tag = value.tag === 0 ? null : value.tag;
    note({ page: this.#page, read: state.key, ...meta.version, tag });
  }

  rest() {
    clearTimeout(this.#timer);
  }

  async end() {
    let rows = 0;
    const count = (some) => (rows += some.length);
    await this.#storage.read('outbox/', 'outbox0', count).catch(() => (rows = -1));
    const bytes = this.manager.createSnapshotBytes();
    const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
    const pending = this.manager.pending().count;
    return { name: this.name, pending, rows, digest, status: this.manager.connection.status() };
  }
}

const devices = given.devices.map((device) => new Device(device));

process.on('message', async (word) => {
  if (word === 'rest') for (const device of devices) device.rest();
  if (word === 'ends') process.send(await Promise.all(devices.map((device) => device.end())));
  if (word !== 'leave') return;
  await Promise.all(devices.map(({ manager }) => manager.close()));
  process.exit(0);
});
process.once('disconnect', () => process.exit(1));
process.send('ready');
