// A server's log as data: reads rows as docs/server-spaces.md and docs/protocol.md describe them,
// without the core, so that what it says about its own decisions is not taken on trust.
import { existsSync, readFileSync } from 'node:fs';
import { redisStore } from 'danji-server';
import { open } from 'lmdb';
import { ByteReader } from '../../dist/js/src/bytes.js';

const kinds = [
  'define', 'set', 'unset', 'fill', 'patch', 'add', 'resolve', 'reset', 'fillFields',
];
const extended = 7;
const flags = {
  sameSession: 1, nextSequence: 2, sameUnit: 4, nextStamp: 8, oneChange: 16, voids: 32, rejected: 64,
  concurrent: 128,
};

const hexOf = (bytes) => Buffer.from(bytes).toString('hex');
const listOf = (in_, read) => Array.from({ length: in_.varint() }, read);

/** A u64 as 16 hex digits, as versions spell an epoch. */
function u64(in_) {
  return hexOf(Uint8Array.from(in_.bytes(8)).reverse());
}

function readValue(in_) {
  switch (in_.u8()) {
    case 0:
      return undefined;
    case 1:
      return null;
    case 2:
      return false;
    case 3:
      return true;
    case 4:
      return in_.zigzag();
    case 5:
      return in_.f64();
    default:
      return JSON.parse(in_.text());
  }
}

function readFieldValue(in_, path) {
  if (path === '') return readValue(in_);
  const text = in_.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** Only the key is of interest; what it means has to be read to get past it. */
function readKey(in_) {
  const key = in_.text();
  const form = in_.u8();
  if (form === 1) u64(in_);
  if (form !== 2) return key;
  in_.bytes(2);
  const strategy = in_.u8();
  in_.text();
  if (strategy < 128) return key;
  const parts = in_.u8();
  if ((parts & 1) !== 0) [in_.text(), in_.text()];
  if ((parts & 2) !== 0) in_.text();
  if ((parts & 4) !== 0) in_.u8();
  return key;
}

function readDot(in_, sessions) {
  const sequence = in_.varint();
  return sequence === 0 ? null : { sequence, session: sessions[in_.varint()] };
}

function readChange(in_, { sessions, keys }) {
  const packed = in_.varint();
  const change = { key: keys[Math.floor(packed / 8)], kind: kinds[packed % 8] };
  if (packed % 8 === extended) {
    change.kind = kinds[in_.u8()];
    const extras = in_.u8();
    if ((extras & 1) !== 0) change.incarnation = in_.varint();
    if ((extras & 4) !== 0) change.expected = readDot(in_, sessions);
    if ((extras & 8) !== 0) change.observed = listOf(in_, () => readDot(in_, sessions));
  }
  if (change.kind === 'patch' || change.kind === 'fillFields') {
    change.fields = listOf(in_, () => {
      const path = in_.text();
      return [path, readFieldValue(in_, path)];
    });
  } else if (change.kind !== 'define' && change.kind !== 'unset') {
    change.value = readValue(in_);
  }
  return change;
}

/** The first of a section: what it could share with one before is 0. */
function readRecord(in_, tables) {
  const flag = in_.u8();
  const has = (name) => (flag & flags[name]) !== 0;
  const record = {
    session: tables.sessions[has('sameSession') ? 0 : in_.varint()],
    sequence: has('nextSequence') ? 1 : in_.varint(),
    unit: tables.units[has('sameUnit') ? 0 : in_.varint()],
    voids: has('voids'),
    code: 0,
  };
  if (!has('nextStamp')) [in_.zigzag(), in_.varint()];
  if (has('rejected')) record.code = in_.u8();
  if (has('concurrent')) in_.bytes(varintLength(in_));
  const count = has('oneChange') ? 1 : in_.varint();
  record.changes = Array.from({ length: count }, () => readChange(in_, tables));
  return record;
}

/** `observed` is a stamp: more than a number can hold, and not needed here. */
function varintLength(in_) {
  while (in_.u8() >= 128);
  return 0;
}

/** A row of a log: who asked for what, and how it was decided. Null for a base. */
export function readRow(row) {
  const in_ = new ByteReader(row);
  in_.u32();
  const epoch = u64(in_);
  if (/^0+$/.test(epoch)) return null;
  const tables = {
    sessions: listOf(in_, () => hexOf(in_.bytes(16))),
    units: listOf(in_, () => in_.text()),
    keys: listOf(in_, () => readKey(in_)),
  };
  const address = in_.text();
  u64(in_);
  const index = in_.varint();
  if (in_.varint() !== 1) throw new Error(`row ${index} of ${address} holds not one record`);
  const record = { epoch, index, ...readRecord(in_, tables) };
  if (!in_.done) throw new Error(`row ${index} of ${address} goes on behind its record`);
  return record;
}

async function inLmdb(folder, address) {
  const database = open({ path: folder, encoding: 'binary', readOnly: true });
  const range = { start: [address, 1], end: [address, Infinity] };
  const rows = [...database.getRange(range)].map(({ value }) => value);
  await database.close();
  return rows;
}

async function inRedis(url, address) {
  const store = redisStore(url);
  const rows = [];
  for await (const piece of store.read(address)) rows.push(...piece);
  await store.close();
  return rows;
}

/** The rows that were ever in a log: those that it has now, and before them those in its archive. */
export async function rowsIn({ folder, redis, archive }, address) {
  const present = await (redis === undefined ? inLmdb(folder, address) : inRedis(redis, address));
  const former = existsSync(archive) ? readFileSync(archive, 'utf8').split('\n').filter(Boolean) : [];
  const rows = [...former.map((text) => Buffer.from(text, 'base64')), ...present].map(readRow);
  // A server that died after it wrote to the archive does so again.
  const byIndex = new Map(rows.filter((row) => row !== null).map((row) => [row.index, row]));
  return [...byIndex.values()];
}
