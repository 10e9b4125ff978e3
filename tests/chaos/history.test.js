// The judge of the chaos, judged: a history in order has no faults, and each thing that must never
// happen turns its own rule red.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf } from './history.js';

const epoch = '0000000000000001';
const [ada, bob] = ['a'.repeat(32), 'b'.repeat(32)];

const set = (key, value) => ({ key, kind: 'set', value });
const record = (index, session, sequence, changes, more = {}) => ({
  epoch, index, session, sequence, unit: 'till', voids: false, code: 0, changes, ...more,
});
const text = (value) => JSON.stringify(value);

/** Two pages with an answer for everything: ada is gone, bob is there to the end. */
function orderly() {
  return {
    strategies: {
      note: 'last_write_wins', seat: 'first_write_wins', counter: 'tags', stock: 'sum',
      board: 'merge', bid: 'custom', ledger: 'compared',
    },
    asked: [
      { page: 'ada', tag: 1, writes: { note: text({ tag: 1 }), counter: '1' } },
      { page: 'bob', tag: 2, writes: { seat: text({ tag: 2 }) } },
      { page: 'ada', tag: 3, writes: { seat: text({ tag: 3 }) } },
      { page: 'bob', tag: 4, writes: { note: text({ tag: 4 }) } },
      { page: 'ada', tag: 5, writes: { board: null } },
      { page: 'bob', tag: 6, writes: { bid: null } },
      { page: 'bob', tag: 8, writes: { bid: null } },
      { page: 'bob', tag: 10, writes: { ledger: text({ tag: 10 }) } },
      { page: 'bob', tag: 12, writes: { stock: '2', note: text({ tag: 12 }) } },
    ],
    told: [
      { page: 'ada', at: 2, tag: 1, code: null, epoch, index: 1 },
      { page: 'bob', at: 2, tag: 2, code: null, epoch, index: 2 },
      { page: 'ada', at: 3, tag: 3, code: 'CONFLICT' },
      { page: 'bob', at: 4, tag: 4, code: null, epoch, index: 4 },
      { page: 'bob', at: 6, tag: 6, code: null, epoch, index: 6 },
      { page: 'bob', at: 7, tag: 8, code: null, epoch, index: 7 },
      { page: 'bob', at: 8, tag: 10, code: null, epoch, index: 8 },
      { page: 'bob', at: 9, tag: 12, code: null, epoch, index: 9 },
    ],
    stored: [{ page: 'ada', tag: 5 }],
    reads: [
      { page: 'bob', at: 3, key: 'note', epoch, index: 1, tag: 1 },
      { page: 'bob', at: 10, key: 'note', epoch, index: 9, tag: 12 },
    ],
    living: new Set(['bob']),
    log: [
      record(1, ada, 1, [
        { key: 'note', kind: 'define' }, set('note', { tag: 1 }), { key: 'counter', kind: 'add', value: 1 },
      ]),
      record(2, bob, 1, [set('seat', { tag: 2 })]),
      record(3, ada, 2, [], { code: 26 }),
      record(4, bob, 2, [set('note', { tag: 4 })]),
      record(5, ada, 3, [{ key: 'board', kind: 'patch', fields: [['/title', 5]] }]),
      record(6, bob, 3, [set('bid', { tag: 6 })]),
      record(7, bob, 4, [set('bid', { tag: 8, over: 6 })]),
      record(8, bob, 5, [set('ledger', { tag: 10 })]),
      record(9, bob, 6, [{ key: 'stock', kind: 'add', value: 2 }, set('note', { tag: 12 })]),
    ],
    ends: { ada: 'same', bob: 'same' },
    sums: { counter: 1, stock: 2 },
    outboxes: { ada: 0, bob: 0 },
  };
}

test('a history in which everything is as it should be has no faults', () => {
  assert.deepEqual(faultsOf(orderly()), []);
});

/** Takes a record out, with a log that closes behind it. */
function takeOut(history, place) {
  history.log.splice(place, 1);
  for (const [n, one] of history.log.entries()) one.index = n + 1;
}

const planted = {
  'lost: an acknowledged write is not in the log': ({ log }) => {
    log.splice(8, 1);
  },
  'lost: a record of the log is missing': ({ log }) => {
    log.splice(4, 1);
  },
  'forgotten: a write that a disk had is never decided': (history) => takeOut(history, 4),
  'doubled: a write is decided twice under one number': ({ log }) => {
    log.push(record(10, bob, 6, [set('note', { tag: 4 })]));
  },
  'doubled: a write is decided twice under two numbers': ({ log }) => {
    log.push(record(10, bob, 7, [set('note', { tag: 12 }), { key: 'stock', kind: 'add', value: 0 }]));
  },
  'reordered: two writes of a session change places': ({ log, told, reads }) => {
    [log[1].changes, log[3].changes] = [log[3].changes, log[1].changes];
    [told[1].index, told[3].index] = [4, 2];
    reads.length = 0;
  },
  'reordered: a number is left out': ({ log }) => {
    log[8].sequence = 7;
  },
  'half: a batch is there in part': ({ log }) => {
    log[0].changes.pop();
  },
  'altered: another value than was asked for': ({ log }) => {
    log[3].changes[0].value.more = true;
  },
  'altered: a key that was not asked for': ({ log }) => {
    log[3].changes.push(set('ledger', { tag: 4 }));
  },
  'altered: parts of two writes in one record': ({ log }) => {
    log[3].changes.push(set('ledger', { tag: 10 }));
  },
  'invented: a write of nobody': ({ log }) => {
    log.push(record(10, bob, 7, [set('note', { tag: 99 })]));
  },
  'unanswered: a refusal in silence': (history) => {
    history.asked.push({ page: 'bob', tag: 14, writes: { seat: text({ tag: 14 }) } });
    history.log.push(record(10, bob, 7, [], { code: 26 }));
  },
  'misreported: told as refused, and accepted': ({ told }) => {
    told[3] = { page: 'bob', at: 4, tag: 4, code: 'STALE' };
  },
  'misreported: told another version': ({ told }) => {
    told[3].index = 2;
  },
  'stolen: a second first write': ({ log }) => {
    log[2] = record(3, ada, 2, [set('seat', { tag: 3 })]);
  },
  'unseen: a result over what it was not made from': ({ log }) => {
    log[6].changes[0].value.over = 4;
  },
  'unseen: a compared write over another': (history) => {
    history.asked.push({ page: 'bob', tag: 14, writes: { ledger: text({ tag: 14 }) } });
    history.told.push({ page: 'bob', at: 11, tag: 14, code: null, epoch, index: 10 });
    history.log.push(record(10, bob, 7, [set('ledger', { tag: 14 })]));
  },
  'miscounted: a sum shows more than was added': ({ sums }) => {
    sums.counter = 2;
  },
  'miscounted: a sum below its bound': ({ log, asked, sums }) => {
    log[8].changes[0].value = sums.stock = -2;
    asked[8].writes.stock = '-2';
  },
  'backwards: a page reads what is older': ({ reads }) => {
    reads.push({ page: 'bob', at: 11, key: 'note', epoch, index: 4, tag: 4 });
  },
  'backwards: a page does not see what it was told of': ({ reads }) => {
    reads.push({ page: 'bob', at: 5, key: 'note', epoch, index: 1, tag: 1 });
  },
  'misread: a value that the log has elsewhere': ({ reads }) => {
    reads[0].tag = 4;
  },
  'diverged: two replicas differ': ({ ends }) => {
    ends.ada = 'other';
  },
  'stuck: something waits for ever': ({ outboxes }) => {
    outboxes.bob = 1;
  },
};

for (const [name, plant] of Object.entries(planted)) {
  test(`${name} is found`, () => {
    const history = orderly();
    plant(history);

    const rules = faultsOf(history).map((fault) => fault.split(':')[0]);

    assert.ok(rules.includes(name.split(':')[0]), `only ${rules}`);
  });
}
