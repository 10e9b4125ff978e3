// CaseWorld: runs the steps of one conformance case through the glue's bridge, on any build.
//
// The language is that of README.md; case_world.cpp runs the same files natively. A step that
// does not do what it says throws.
import assert from 'node:assert/strict';
import { Bridge, Kind, needsText } from '../../dist/js/src/bridge.js';
import { ByteWriter } from '../../dist/js/src/bytes.js';
import { DanjiError, errorCodes } from '../../dist/js/src/errors.js';
import {
  bytesOfHex,
  crc32c,
  decodeValue,
  encodeValueOf,
  filterOf,
  Hash,
  hexOf,
  sealFrame,
  textBytes,
  textOf,
  unset,
  valueOf,
} from './case_values.js';
import { readItems } from './case_drain.js';

const snapshotBytesShown = 2048;
const scopes = ['private', 'building', 'apartment', 'global'];
const planes = ['tab', 'device', 'server'];
const strategies = [
  'last_write_wins',
  'first_write_wins',
  'merge',
  'sum',
  'user_resolve',
  'custom',
];

class Tab {
  slots = new Map();
  definitions = new Map();
  mirror = new Map();
  drained = [];
  choices = new Map();
  frameCount = 0;
  frameHash = new Hash();

  constructor(loader, number, keepsJournal) {
    this.session = new Uint8Array(16).fill(number * 17);
    const identity = new Uint8Array(24);
    identity.set(this.session);
    identity[16] = number;
    this.bridge = new Bridge(loader.load(), identity, keepsJournal);
  }

  entry(slot) {
    const found = this.mirror.get(slot);
    if (found !== undefined) return found;
    const fresh = { value: unset, version: 0, millis: 0, pending: 0, unit: '', author: 0 };
    this.mirror.set(slot, fresh);
    return fresh;
  }

  slot(name) {
    const slot = this.slots.get(name);
    assert.notEqual(slot, undefined, `${name} was not opened`);
    return slot;
  }
}

/** The steps about one tab's state; case_tabs.js adds those about several tabs. */
export class CaseWorld {
  names = [];
  tabs = new Map();
  kept = new Map();
  #loader;

  constructor(loader) {
    this.#loader = loader;
  }

  run(steps) {
    for (const [place, step] of steps.entries()) {
      try {
        this.#perform(step);
      } catch (error) {
        error.message = `step ${place + 1} ${JSON.stringify(step)}: ${error.message}`;
        throw error;
      }
    }
  }

  #perform(step) {
    const verb = Object.keys(step).find((name) => this.verbs.has(name));
    assert.ok(verb, 'no verb is known');
    this.verbs.get(verb).call(this, step, verb === 'create' ? undefined : this.tabOf(step), verb);
  }

  verbs = new Map([
    ['create', this.#create],
    ['define', this.#define],
    ['grant', this.#grant],
    ['open', this.#open],
    ['set', this.#write],
    ['unset', this.#write],
    ['defer', this.#write],
    ['fill', this.#fill],
    ['commit', this.#commit],
    ['commitBytes', this.#commitBytes],
    ['holdBytes', this.#holdBytes],
    ['visible', this.#expectVisible],
    ['confirmed', this.#expectConfirmed],
    ['drained', this.#expectDrained],
    ['snapshot', this.#snapshot],
    ['restore', this.#restore],
    ['damage', this.#damage],
    ['space', this.#expectSpace],
  ]);

  named(name) {
    const tab = this.tabs.get(name);
    assert.ok(tab, `there is no tab ${name}`);
    return tab;
  }

  tabOf(step) {
    return this.named(step.in ?? this.names[0]);
  }

  nameOf(sessionHex) {
    for (const [name, tab] of this.tabs) if (hexOf(tab.session) === sessionHex) return name;
    return sessionHex;
  }

  /** Runs a call that may be refused; undefined when it was, as the step says. */
  attempt(step, call) {
    let result;
    let code = 'OK';
    try {
      result = call();
    } catch (error) {
      if (!(error instanceof DanjiError)) throw error;
      code = error.code;
    }
    assert.equal(code, step.fails ?? 'OK', 'the outcome');
    return code === 'OK' ? { result } : undefined;
  }

  // A tab's session and seed come from the order in which the tabs are created.
  #create({ create: name, journal = false }) {
    this.names.push(name);
    this.tabs.set(name, new Tab(this.#loader, this.names.length, journal));
  }

  // ---- State

  #define(step, tab) {
    const key = textBytes(step.define);
    const out = new ByteWriter();
    out.varint(key.length);
    out.raw(key);
    if ('bytes' in step) {
      out.raw(bytesOfHex(step.bytes));
    } else {
      out.u8(scopes.indexOf(step.scope ?? 'apartment'));
      out.u8(planes.indexOf(step.plane ?? 'device'));
      const strategy = strategies.indexOf(step.strategy ?? 'last_write_wins');
      const parts = ('schema' in step ? 1 : 0) + ('permissions' in step ? 2 : 0);
      out.u8(parts === 0 ? strategy : strategy + 128);
      out.text(step.parameters ?? '');
      if (parts !== 0) out.u8(parts);
      if ('schema' in step) {
        out.text(step.schemaVersion ?? '1');
        out.text(step.schema);
      }
      if ('permissions' in step) out.text(step.permissions);
      if ('schema' in step) {
        if ('value' in step || 'text' in step) encodeValueOf(out, step);
        else out.u8(0);
      }
    }
    const done = this.attempt(step, () => tab.bridge.define(out, 'key'));
    if (done) tab.definitions.set(step.as ?? textOf(step.define), done.result);
  }

  #grant(step, tab) {
    this.attempt(step, () => tab.bridge.unit(step.grant, step.list));
  }

  #open(step, tab) {
    const definition = tab.definitions.get(textOf(step.open));
    assert.notEqual(definition, undefined, 'undefined');
    const done = this.attempt(step, () => tab.bridge.open(definition, textOf(step.at), 'key'));
    this.settle(tab);
    if (done) tab.slots.set(step.as ?? textOf(step.open), done.result.slot);
  }

  #write(step, tab, verb) {
    const slot = tab.slot(step[verb]);
    const author = this.attemptUnit(step, tab);
    if (author === undefined) return;
    const value = valueOf(step);
    const code = this.#writeInto(tab.bridge, slot, author, verb, value);
    assert.equal(code === needsText, step.needsText ?? false, 'needsText');
    const isOk = code !== needsText && code === 0;
    if (code !== needsText) assert.equal(errorCodes[code], step.fails ?? 'OK', 'the outcome');
    if (isOk) {
      if ('index' in step) assert.equal(tab.bridge.index, step.index, 'the index');
      if ('sequence' in step) assert.equal(tab.bridge.sequence, step.sequence, 'the sequence');
      tab.entry(slot).value = value;
    }
    this.settle(tab);
  }

  attemptUnit(step, tab) {
    const name = textOf(step.unit ?? 'main');
    try {
      return tab.bridge.unit(name);
    } catch (error) {
      assert.equal(error.code, step.fails, 'the outcome');
      return undefined;
    }
  }

  #writeInto(bridge, slot, unit, verb, value) {
    if (verb === 'unset' || value === unset) return bridge.set(slot, unit, Kind.unset);
    if (verb === 'defer') return bridge.set(slot, unit, Kind.deferred);
    if (typeof value === 'number') return bridge.setNumber(slot, unit, value);
    if (typeof value === 'boolean') return bridge.set(slot, unit, value ? Kind.true : Kind.false);
    if (value === null) return bridge.set(slot, unit, Kind.null);
    return bridge.set(slot, unit, Kind.text, value.text);
  }

  #fill(step, tab) {
    tab.bridge.fill(tab.slot(step.fill), textOf(step.text));
  }

  #commit(step, tab) {
    const out = new ByteWriter();
    out.varint(step.commit.reduce((count, { times = 1 }) => count + times, 0));
    for (const change of step.commit) {
      const verb = verbOf(change);
      const slot = tab.slot(change[verb]);
      const unit = tab.bridge.unit(change.unit ?? 'main');
      for (let rest = change.times ?? 1; rest > 0; rest--) {
        out.varint(slot);
        out.varint(unit);
        writeContent(out, verb, change, tab.choices.get(slot));
      }
    }
    const done = this.attempt(step, () => tab.bridge.commit(out));
    if (done) {
      this.expectOps(step, tab, done.result);
      for (const change of step.commit) {
        const verb = verbOf(change);
        // Of an addition the core tells what came of it.
        if (verb !== 'add') tab.entry(tab.slot(change[verb])).value = valueOf(change);
      }
    }
    this.settle(tab);
  }

  #holdBytes(step, tab) {
    const out = new ByteWriter();
    out.raw(bytesOfHex(step.holdBytes));
    this.attempt(step, () => tab.bridge.hold(out));
    this.settle(tab);
  }

  #commitBytes(step, tab) {
    const out = new ByteWriter();
    out.raw(bytesOfHex(step.commitBytes));
    this.attempt(step, () => tab.bridge.commit(out));
    this.settle(tab);
  }

  expectOps(step, tab, written) {
    const ops = [];
    const found = [];
    for (let rest = written.varint(); rest > 0; rest--) {
      found.push([written.varint(), written.varint(), written.varint()]);
    }
    if (!('ops' in step)) return;
    for (const [space, sequence, index] of found) {
      ops.push([this.addressOf(tab, space), sequence, index]);
    }
    assert.deepEqual(ops, step.ops, 'the ops');
  }

  inspect(tab) {
    return JSON.parse(tab.bridge.inspect());
  }

  addressOf(tab, space) {
    return this.inspect(tab).spaces[space].address;
  }

  #expectVisible(step, tab) {
    const entry = tab.entry(tab.slot(step.visible));
    assert.deepEqual(entry.value, valueOf(step), 'the value');
    for (const field of ['pending', 'version', 'author']) {
      if (field in step) assert.equal(entry[field], step[field], field);
    }
  }

  #expectConfirmed(step, tab) {
    const rows = tab.bridge.entries(filterOf({}));
    let found;
    for (let rest = rows.varint(); rest > 0; rest--) {
      const [at, key] = [rows.text(), rows.text()];
      const [version, millis, sequence] = [rows.f64(), rows.f64(), rows.f64()];
      const [session, unit] = [this.nameOf(rows.text()), rows.text()];
      const row = { version, millis, sequence, session, unit, value: decodeValue(rows) };
      if (at === step.at && key === step.confirmed) found = row;
    }
    const expected = valueOf(step);
    if (expected === unset) return assert.equal(found, undefined, 'there is a row');
    assert.ok(found, 'the core has no such row');
    assert.deepEqual(found.value, expected, 'the value');
    for (const field of ['version', 'millis', 'sequence', 'session', 'unit']) {
      if (field in step) assert.equal(found[field], step[field], field);
    }
  }

  #expectSpace(step, tab) {
    const space = this.inspect(tab).spaces.find(({ address }) => address === step.space);
    assert.equal(space !== undefined, step.exists ?? true, 'whether it exists');
    for (const field of ['epoch', 'index', 'pending']) {
      if (field in step) assert.equal(space[field], step[field], field);
    }
  }

  // ---- Snapshots

  bytesOf(source) {
    if (typeof source === 'string') return this.kept.get(source);
    let bytes = 'hex' in source ? bytesOfHex(source.hex) : new Uint8Array(0);
    if ('kept' in source) bytes = this.kept.get(source.kept).slice();
    if ('seal' in source) bytes = sealFrame(source.seal, bytes);
    for (const [place, byte] of source.patch ?? []) bytes[place] = byte;
    if ('cut' in source) bytes = bytes.slice(0, bytes.length - source.cut);
    if ('append' in source) bytes = Uint8Array.from([...bytes, ...bytesOfHex(source.append)]);
    if (source.reseal) {
      const sum = Buffer.alloc(4);
      sum.writeUInt32LE(crc32c(bytes.subarray(0, -4)));
      bytes = Uint8Array.from([...bytes.subarray(0, -4), ...sum]);
    }
    return bytes;
  }

  #snapshot(step, tab) {
    const done = this.attempt(step, () => tab.bridge.snapshot(filterOf(step)));
    if (!done) return;
    if ('hex' in step) assert.equal(hexOf(done.result), step.hex, 'the snapshot');
    if ('like' in step) {
      assert.equal(hexOf(done.result), hexOf(this.bytesOf(step.like)), 'the snapshot');
    }
    this.kept.set(step.snapshot, done.result);
  }

  #restore(step, tab) {
    const unit = tab.bridge.unit(step.unit ?? 'host');
    const bytes = this.bytesOf(step.restore);
    const replaces = step.mode === 'replace';
    const done = this.attempt(step, () => tab.bridge.restore(bytes, replaces, unit));
    if (done) this.expectOps(step, tab, done.result);
    this.settle(tab);
  }

  #damage(step, tab) {
    const whole = this.bytesOf(step.damage);
    const before = hexOf(tab.bridge.snapshot(filterOf({})));
    const unit = tab.bridge.unit('host');
    const refuses = (bytes, how) => {
      let code = 'OK';
      try {
        tab.bridge.restore(bytes, true, unit);
      } catch (error) {
        ({ code } = error);
      }
      assert.ok(['MALFORMED', 'CHECKSUM', 'PROTOCOL'].includes(code), `${how}: ${code}`);
      assert.equal(tab.bridge.waits & 1, 0, `${how} changed something`);
    };
    for (let length = 0; length < whole.length; length++) {
      refuses(whole.subarray(0, length), `cut to ${length}`);
    }
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const bytes = whole.slice();
      bytes[bit >> 3] ^= 1 << (bit & 7);
      refuses(bytes, `bit ${bit}`);
    }
    assert.equal(hexOf(tab.bridge.snapshot(filterOf({}))), before, 'after all damage');
  }

  // ---- After every step: what the core has to tell

  settle(tab) {
    if ((tab.bridge.waits & 1) === 0) return;
    // The items are copied: naming spaces asks the core, which writes its answer over them.
    const items = tab.bridge.drain();
    const found = readItems(items);
    for (const item of found) tab.drained.push(this.#note(tab, item));
  }

  #noteReturned(tab, { returned, sequence, unitNumber, written }) {
    const nameOf = (slot) => [...tab.slots].find(([, known]) => known === slot)?.[0] ?? '?';
    return {
      returned: this.addressOf(tab, returned),
      sequence,
      unit: tab.bridge.unitName(unitNumber),
      writes: written.map(({ slot, kind, is }) => ({ key: nameOf(slot), kind, is })),
    };
  }

  #note(tab, { slot, unitNumber, space, isVisible, ...item }) {
    const slotName = () => [...tab.slots].find(([, known]) => known === slot)?.[0] ?? '?';
    if ('clash' in item) return { clash: slotName() };
    if ('contract' in item) return { contract: slotName(), of: item.contract };
    if ('choose' in item) {
      tab.choices.set(slot, item.dots);
      return { choose: slotName(), between: item.between };
    }
    if ('overwritten' in item) {
      const [unit, by] = [tab.bridge.unitName(item.unit), tab.bridge.unitName(item.by)];
      return { overwritten: slotName(), author: item.author, unit, by, was: item.was };
    }
    if ('returned' in item) return this.#noteReturned(tab, { unitNumber, ...item });
    if ('renumbered' in item) return { ...item, renumbered: this.addressOf(tab, item.renumbered) };
    if (space !== undefined) {
      return 'code' in item
        ? { decided: this.addressOf(tab, space), ...item }
        : { space: this.addressOf(tab, space), ...item };
    }
    if (slot === undefined) return item;
    const entry = tab.entry(slot);
    const unit = item.author === 0 ? '' : tab.bridge.unitName(unitNumber);
    const { is, ...facts } = item;
    Object.assign(entry, facts, { unit });
    if (isVisible) entry.value = is;
    return { entry: slotName(), ...facts, unit, ...(isVisible ? { is } : {}) };
  }

  #expectDrained(step, tab) {
    const drained = tab.drained.splice(0);
    if (step.drained === null) return;
    const shown = JSON.stringify(drained);
    assert.equal(drained.length, step.drained.length, `the number of items in ${shown}`);
    for (const [place, expected] of step.drained.entries()) {
      for (const [field, value] of Object.entries(expected)) {
        const found = drained[place][field] ?? null;
        assert.deepEqual(found, value, `${field} of item ${place}: ${shown}`);
      }
    }
  }

  flush(tab) {
    const frames = tab.bridge.flush();
    for (const frame of frames) {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(frame.length);
      tab.frameHash.add(length).add(frame);
      tab.frameCount++;
    }
    this.settle(tab);
    return frames;
  }

  finalState() {
    const state = {};
    for (const [name, tab] of this.tabs) {
      this.flush(tab);
      const bytes = tab.bridge.snapshot(filterOf({}));
      const spaces = this.inspect(tab).spaces;
      const digests = spaces.map(({ address }, id) => [address, tab.bridge.digest(id)]);
      const isShort = bytes.length <= snapshotBytesShown;
      state[name] = {
        snapshot: isShort
          ? hexOf(bytes)
          : `${bytes.length} bytes, hash ${new Hash().add(bytes).hex()}`,
        digests: Object.fromEntries(digests),
        frames: `${tab.frameCount} frames, hash ${tab.frameHash.hex()}`,
      };
    }
    return state;
  }
}

const verbs = ['', 'set', 'unset', 'add', 'resolve', 'reset'];

const verbOf = (change) => verbs.find((verb) => verb in change) ?? 'set';

function writeContent(out, verb, change, choices) {
  out.u8(verbs.indexOf(verb) + ('ifVersion' in change ? 16 : 0));
  if ('ifVersion' in change) out.varint(change.ifVersion);
  if (verb !== 'unset') encodeValueOf(out, change);
  if (verb === 'resolve') out.raw(choices);
}
