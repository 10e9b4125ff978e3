// CaseWorld with several tabs: signals, wishes, and frames carried from one to the others.
import assert from 'node:assert/strict';
import { Signal } from '../../dist/js/src/bridge.js';
import { ByteWriter } from '../../dist/js/src/bytes.js';
import { CaseWorld } from './case_world.js';
import { textBytes } from './case_values.js';

const wishNames = ['requestLock', 'stealLock', 'releaseLock', 'querySessions'];
const exchangesMax = 200;

export class TabsWorld extends CaseWorld {
  #held = new Map();

  constructor(loader) {
    super(loader);
    for (const [verb, run] of [
      ['clock', this.#clock],
      ['signal', this.#signalStep],
      ['wishes', this.#expectWishes],
      ['sessions', this.#sessions],
      ['peer', this.#expectPeer],
      ['emit', this.#emit],
      ['hold', this.#hold],
      ['deliver', this.#deliver],
      ['carry', this.#carry],
      ['exchange', this.#exchangeStep],
      ['lead', this.#lead],
      ['same', this.#expectSame],
    ]) {
      this.verbs.set(verb, run);
    }
  }

  #clock({ clock }) {
    for (const { bridge } of this.tabs.values()) bridge.setClock(clock);
  }

  #signalStep({ signal }, tab) {
    this.#signal(signal, tab);
  }

  #signal(name, tab) {
    assert.ok(name in Signal, 'no such signal');
    tab.bridge.signal(Signal[name]);
    this.settle(tab);
  }

  #expectWishes({ wishes }, tab) {
    const bits = tab.bridge.takeWishes();
    assert.deepEqual(wishNames.filter((_, bit) => (bits >> bit) & 1), wishes, 'the wishes');
  }

  #sessions({ sessions }, tab) {
    this.#sessionsFound(sessions, tab);
  }

  #sessionsFound(names, tab) {
    const bytes = Buffer.concat(names.map((name) => this.named(name).session));
    tab.bridge.sessionsFound(new Uint8Array(bytes));
    this.settle(tab);
  }

  #expectPeer({ peer }, tab) {
    const found = this.inspect(tab);
    if (found.leader !== null) found.leader = this.nameOf(found.leader);
    found.peers = found.peers.map((session) => this.nameOf(session)).sort();
    for (const [field, value] of Object.entries(peer)) assert.deepEqual(found[field], value, field);
  }

  #emit(step, tab) {
    const out = new ByteWriter();
    out.raw(tab.session);
    out.u8(step.scope ?? 2);
    for (const field of ['apartment', 'building', 'unit']) out.text(step[field] ?? 'main');
    for (const text of [step.emit, step.json]) {
      const bytes = textBytes(text);
      out.varint(bytes.length);
      out.raw(bytes);
    }
    this.attempt(step, () => tab.bridge.emit(out));
    this.settle(tab);
  }

  // ---- Frames

  #carryFrom(name, targets) {
    const frames = this.flush(this.named(name));
    for (const frame of frames) {
      for (const target of targets) if (target !== name) this.#receive(this.named(target), frame);
    }
    return frames.length > 0;
  }

  #receive(tab, frame) {
    tab.bridge.receive(frame);
    this.settle(tab);
  }

  #carry({ carry, to = this.names, nothing = false }) {
    assert.equal(this.#carryFrom(carry, to), !nothing, 'whether there were frames');
  }

  #hold({ hold, as, count }) {
    const frames = this.flush(this.named(hold));
    assert.ok(frames.length > 0, 'there was no frame');
    if (count !== undefined) assert.equal(frames.length, count, 'the number of frames');
    this.#held.set(as, frames);
  }

  #deliver({ deliver, only }, tab) {
    let frames;
    if (typeof deliver === 'string') {
      frames = this.#held.get(deliver);
    } else if ('frame' in deliver) {
      this.kept.set('frame', this.#held.get(deliver.frame)[0]);
      frames = [this.bytesOf({ ...deliver, kept: 'frame' })];
    } else {
      frames = [this.bytesOf(deliver)];
    }
    for (const [place, frame] of frames.entries()) {
      if (only === undefined || only.includes(place)) this.#receive(tab, frame);
    }
  }

  #exchangeStep({ exchange }) {
    this.#exchange(exchange);
  }

  #exchange(names) {
    for (let round = 0; round < exchangesMax; round++) {
      const any = names.map((name) => this.#carryFrom(name, names));
      if (!any.includes(true)) return;
    }
    assert.fail('they do not come to rest');
  }

  /** Joins everybody named, grants the lock and tells who is alive. */
  #lead({ lead, among = this.names }) {
    for (const name of among) {
      const tab = this.named(name);
      if (this.inspect(tab).role === 'alone') this.#signal('join', tab);
      tab.bridge.takeWishes();
    }
    const leader = this.named(lead);
    this.#signal('lockGranted', leader);
    leader.bridge.takeWishes();
    this.#sessionsFound(among, leader);
    this.#exchange(among);
  }

  #sharedDigests(tab) {
    const digests = {};
    for (const [id, { address, index }] of this.inspect(tab).spaces.entries()) {
      if (address.startsWith('device/') && index > 0) digests[address] = tab.bridge.digest(id);
    }
    return digests;
  }

  #expectSame({ same }) {
    const first = this.#sharedDigests(this.named(same[0]));
    assert.notDeepEqual(first, {}, 'nothing was decided');
    for (const name of same) assert.deepEqual(this.#sharedDigests(this.named(name)), first, name);
  }
}

