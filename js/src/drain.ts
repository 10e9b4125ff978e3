/**
 * Reads what the core has to tell (core/engine/engine_drain.cpp, `drained`) into the mirror, the
 * waiting promises and the event bus. Listeners run later, when all of it is in place.
 */
import type { ByteReader } from './bytes.js';
import { readChoices } from './conflicts.js';
import { readWrites, type Letter } from './dead-letters.js';
import { DanjiError, errorCodes, refusals } from './errors.js';
import type { SpaceView } from './cell.js';
import { opIdOf, Receipt } from './receipts.js';
import { parseFrozen, share } from './share.js';
import type { Store } from './store.js';
import { StateScope } from './types.js';
import { readValue } from './wire-value.js';

const scopes = [
  StateScope.PRIVATE,
  StateScope.BUILDING_SHARED,
  StateScope.APARTMENT_SHARED,
  StateScope.GLOBAL_SHARED,
] as const;

const Item = {
  end: 0,
  entry: 1,
  decision: 2,
  clash: 3,
  event: 4,
  tabs: 5,
  epoch: 6,
  choices: 7,
  overwritten: 8,
  renumbered: 9,
  contract: 10,
  returned: 11,
  savedUpTo: 12,
  savedOp: 13,
  storage: 14,
  outbox: 15,
} as const;

export function drainInto(store: Store, items: ByteReader): void {
  // Events and roles run other people's code: only after the last byte was read, since that
  // code may call the core, which writes its next answer over this one.
  const later: (() => void)[] = [];
  /** What refused ops had written, by op. */
  let letters: Map<string | null, Letter> | null = null;
  for (;;) {
    switch (items.u8()) {
      case Item.entry:
        readEntry(store, items);
        break;
      case Item.decision:
        readDecision(store, items, letters);
        break;
      case Item.clash:
        readClash(store, items, later);
        break;
      case Item.event:
        readEvent(store, items, later);
        break;
      case Item.contract:
        readContract(store, items);
        break;
      case Item.tabs:
        later.push(() => store.onTabs());
        break;
      case Item.outbox:
        later.push(() => store.outbox.changed());
        break;
      case Item.epoch:
        readEpoch(store, items);
        break;
      case Item.choices:
        noteChoices(store, items, later);
        break;
      case Item.overwritten:
        readOverwritten(store, items);
        break;
      case Item.renumbered:
        readRenumbered(store, items);
        break;
      case Item.savedUpTo:
        readSaved(store, items, (space, index) => store.saves.savedUpTo(space, index));
        break;
      case Item.savedOp:
        readSaved(store, items, (space, sequence) => store.saves.savedOp(space, sequence));
        break;
      case Item.storage:
        later.push(faresOf(store, items.u8()));
        break;
      case Item.returned:
        readReturned(store, items, (letters ??= new Map()));
        break;
      default:
        return later.forEach((run) => run());
    }
  }
}

const faresOf = (store: Store, code: number) => (): void => store.saves.fares(code);

function readReturned(
  store: Store,
  items: ByteReader,
  letters: Map<string | null, Letter>,
): void {
  const space = store.spaces[items.u32()];
  const sequence = items.f64();
  const opId = space === undefined ? null : opIdOf(space, sequence);
  letters.set(opId, { opId, unit: items.u32(), writes: readWrites(items, store.cells) });
}

function readRenumbered(store: Store, items: ByteReader): void {
  const space = store.spaces[items.u32()];
  const [before, now] = [items.f64(), items.f64()];
  if (space === undefined) return;
  space.waiting.renumber(before, now);
  store.saves.renumbered(space, before, now);
}

function readSaved(
  store: Store,
  items: ByteReader,
  note: (space: SpaceView, number: number) => void,
): void {
  const space = store.spaces[items.u32()];
  const number = items.f64();
  if (space !== undefined) note(space, number);
}

function readEntry(store: Store, items: ByteReader): void {
  const cell = store.cells[items.u32()];
  const isVisible = items.u8() === 1;
  const index = items.f64();
  const millis = items.f64();
  const pending = items.u32();
  const unit = items.u32();
  const author = items.u8();
  const value = isVisible ? readValue(items) : undefined;
  if (cell === undefined) return;
  // What was told of a write before this one is over.
  if (cell.overwrittenAt === 0) cell.overwrittenAt = index;
  else if (isVisible || cell.overwrittenAt !== index) cell.overwritten = null;
  cell.index = index;
  cell.millis = millis;
  cell.pending = pending;
  cell.unit = unit;
  cell.author = author;
  if (cell.standing !== cell.registration.versions.highest) store.migrator.note(cell);
  if (!isVisible) return store.mirror.touch(cell);
  const isSet = value !== undefined;
  const shown = isSet ? share(cell.value, value) : cell.registration.defaultValue;
  store.mirror.assign(cell, shown, isSet);
}

/** Comes before the value that it is about. */
function readContract(store: Store, items: ByteReader): void {
  const cell = store.cells[items.u32()];
  const version = items.text();
  if (cell === undefined) return;
  cell.standing = version;
  store.mirror.touch(cell);
  store.migrator.note(cell);
}

function readDecision(
  store: Store,
  items: ByteReader,
  letters: ReadonlyMap<string | null, Letter> | null,
): void {
  const space = store.spaces[items.u32()];
  const sequence = items.f64();
  const code = items.u8();
  const index = items.f64();
  const superseded = items.u8() === 1;
  if (space === undefined) return;
  const told = errorCodes[code] ?? 'PROTOCOL';
  const wasDiscarded = store.outbox.decided(opIdOf(space, sequence), told);
  if (code === 0) {
    return space.waiting.settle(sequence, new Receipt(space, sequence, index, superseded));
  }
  const name = wasDiscarded && told === 'VOID' ? 'DISCARDED' : told;
  const letter = letters?.get(opIdOf(space, sequence));
  const key = letter?.writes[0]?.key;
  const error = new DanjiError(name, refusals[name] ?? 'the write was refused', { key });
  if (letter !== undefined) store.deadLetters.note(error, letter);
  space.waiting.settle(sequence, error);
}

function noteChoices(store: Store, items: ByteReader, later: (() => void)[]): void {
  const cell = store.cells[items.u32()];
  const choices = readChoices(items, cell, (unit) => store.unitName(unit));
  if (cell === undefined) return;
  store.conflicts.note(cell, choices);
  store.mirror.touch(cell);
  later.push(() => store.conflicts.tell());
}

/** Comes before the entry that it is about. */
function readOverwritten(store: Store, items: ByteReader): void {
  const cell = store.cells[items.u32()];
  const here = items.u8() === 1;
  const unit = items.u32();
  const byUnit = items.u32();
  const value = readValue(items);
  if (cell === undefined) return;
  cell.overwritten = {
    value: value === undefined ? cell.registration.defaultValue : value,
    unitId: store.unitName(unit),
    here,
    byUnitId: store.unitName(byUnit),
  };
  cell.overwrittenAt = 0;
}

function readEpoch(store: Store, items: ByteReader): void {
  const space = items.u32();
  const view = store.spaces[space];
  const wasUnknown = view?.epoch === '';
  store.places.noteEpoch(space, items.text());
  if (view !== undefined) store.saves.beganAnew(view);
  if (!wasUnknown || view.plane !== 'server') return;
  // Until now its values were loading.
  for (const cell of store.cells) if (cell?.space === view) store.mirror.touch(cell);
}

function readClash(store: Store, items: ByteReader, later: (() => void)[]): void {
  const cell = store.cells[items.u32()];
  if (cell === undefined || cell.error !== null) return;
  const detail = `'${cell.key}' means something else in another tab; this tab can't use it`;
  const error = new DanjiError('DEFINITION_CLASH', detail, { key: cell.key });
  cell.error = error;
  store.mirror.assign(cell, cell.registration.defaultValue, false);
  later.push(() => store.report(error));
}

function readEvent(store: Store, items: ByteReader, later: (() => void)[]): void {
  const scope = scopes[items.u8()] ?? StateScope.APARTMENT_SHARED;
  const apartment = items.text();
  const building = items.text();
  const unitId = items.text();
  const name = items.text();
  const data = parseFrozen(items.text()); // Frozen: one handler can't change it for the next.
  later.push(() => {
    const hear = store.tabWords.get(name);
    if (hear !== undefined) hear(data);
    else store.bus.receive({ unitId, building, apartment }, name, data, scope);
  });
}
