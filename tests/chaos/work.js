// What the pages of the chaos write: every strategy and batches of several. Each op carries its tag
// in all that it writes, so that history.js knows it again.
import { defineState } from 'danji';

/** The space that all of it is in. */
export const space = 'server/apartment:main';

const lasting = { scope: 'apartment', lifetime: 'persistent' };
const named = (name, count) => Array.from({ length: count }, (_, n) => `${name}.${n}`);
const define = (keys, more) => keys.map((key) => defineState({ key, ...lasting, ...more }));

const values = { default: { tag: 0 } };
const notes = define(named('note', 4), values);
const seats = define(named('seat', 12), { ...values, conflictResolution: 'first_write_wins' });
const ideas = define(named('idea', 2), { ...values, conflictResolution: 'user_resolve' });
const bids = define(named('bid', 2), { ...values, conflictResolution: 'over' });
const boards = define(named('board', 2), { default: {}, conflictResolution: 'merge' });
const counters = define(named('counter', 2), { default: 0, conflictResolution: 'sum' });
const stocks = define(['stock'], { default: 0, conflictResolution: 'sum', sum: { min: 0 } });
const ledgers = define(named('ledger', 2), values);

export const states = [
  ...notes, ...seats, ...ideas, ...bids, ...boards, ...counters, ...stocks, ...ledgers,
];
export const sums = [...counters, ...stocks];

/** What is read now and then: keys whose value is that of their last write. */
export const readable = [...notes, ...seats];

/** By key, as history.js wants it. */
export const strategies = Object.fromEntries(
  states.map(({ key, definition: { conflictResolution = 'last_write_wins' } }) => [
    key, conflictResolution,
  ]),
);
for (const { key } of counters) strategies[key] = 'tags';
for (const { key } of ledgers) strategies[key] = 'compared';
for (const { key } of bids) strategies[key] = 'custom';

/** A strategy of the application: the new value, which says what it was put over. */
export const over = {
  resolve: (current, incoming) => ({
    ...incoming, value: { ...incoming.value, over: current.value.tag },
  }),
};

const text = (value) => JSON.stringify(value);

/** Each gives what the op writes, by key its text or null, and does it when it is told to. */
const kinds = [
  function note({ unit, tag, chance }) {
    const state = one(chance, notes);
    const value = { tag, text: 'x'.repeat(Math.floor(chance() * 40)) };
    return { writes: { [state.key]: text(value) }, write: (how) => unit.setState(state, value, how) };
  },
  function board({ unit, tag, chance }) {
    const state = one(chance, boards);
    const field = `field${Math.floor(chance() * 6)}`;
    const write = (how) => unit.update(state, (draft) => { draft[field] = tag; }, how);
    return { writes: { [state.key]: null }, write };
  },
  function counter({ unit, tag, chance }) {
    const state = one(chance, counters);
    return { writes: { [state.key]: text(tag) }, write: (how) => unit.add(state, tag, how) };
  },
  function seat({ unit, tag, chance }) {
    const state = one(chance, seats);
    return { writes: { [state.key]: text({ tag }) }, write: () => unit.setState(state, { tag }) };
  },
  function idea({ unit, tag, chance }) {
    const state = one(chance, ideas);
    return { writes: { [state.key]: text({ tag }) }, write: () => unit.setState(state, { tag }) };
  },
  function choice({ unit, tag, chance }) {
    const ticket = one(chance, unit.manager.conflicts.list());
    if (ticket === undefined) return null;
    const write = () => ticket.resolve({ custom: { tag } });
    return { writes: { [ticket.key]: text({ tag }) }, write };
  },
  function bid({ unit, tag, chance }) {
    const state = one(chance, bids);
    return { writes: { [state.key]: null }, write: () => unit.setState(state, { tag }) };
  },
  function ledger({ unit, tag, chance }) {
    const state = one(chance, ledgers);
    const { meta } = unit.readState(state);
    if (meta.pending > 0 || meta.loading) return null;
    const value = { tag, ...(meta.version === null ? {} : { over: unit.getState(state).tag }) };
    const write = () => unit.setState(state, value, { ifVersion: meta.version });
    return { writes: { [state.key]: text(value) }, write };
  },
  /** Somebody gets up, and says so. */
  function leave({ unit, tag, chance }) {
    const [state, log] = [one(chance, seats), one(chance, notes)];
    return batch(unit, { [state.key]: 'undefined', [log.key]: text({ tag }) }, () => [
      unit.unsetState(state), unit.setState(log, { tag }),
    ]);
  },
  /** Refused when there is nothing left. */
  function sale({ unit, tag, chance }) {
    const log = one(chance, notes);
    const amount = chance() < 0.5 ? -3 : 2;
    return batch(unit, { stock: text(amount), [log.key]: text({ tag }) }, () => [
      unit.add('stock', amount), unit.setState(log, { tag }),
    ]);
  },
  function order({ unit, tag, chance }) {
    const [counter, state] = [one(chance, counters), one(chance, boards)];
    const writes = {
      'note.0': text({ tag, of: 3 }), 'note.1': text({ tag, of: 3 }),
      [counter.key]: text(tag), [state.key]: null,
    };
    return batch(unit, writes, () => [
      unit.setState('note.0', { tag, of: 3 }), unit.setState('note.1', { tag, of: 3 }),
      unit.add(counter, tag), unit.update(state, (draft) => { draft.order = tag; }),
    ]);
  },
];

/** Of what nobody can refuse, a promise may be asked for that it is on the disk. */
const certain = new Set(['note', 'board', 'counter']);

function one(chance, list) {
  return list[Math.floor(chance() * list.length)];
}

function batch(unit, writes, change) {
  const write = () => Promise.all(unit.batch(change)).then(([receipt]) => receipt);
  return { writes, write };
}

/** The next op: { writes, write, isCertain }. */
export function nextOp(about) {
  for (;;) {
    const kind = one(about.chance, kinds);
    const op = kind(about);
    if (op !== null) return { ...op, isCertain: certain.has(kind.name) };
  }
}
