/**
 * The places of a store: its entries by where they live, its spaces, and the numbers under which
 * the core knows units.
 */
import type { Bridge } from './bridge.js';
import { addressOf, type Place } from './definition.js';
import type { DanjiError } from './errors.js';
import { Cell, type SpaceView } from './mirror.js';
import { WaitingOps } from './receipts.js';
import type { Registration } from './registry.js';

export class Places {
  readonly spaces: SpaceView[] = [];
  /** By the core's number of the entry. */
  readonly cells: Cell[] = [];
  readonly #bridge: Bridge;
  readonly #session: string;
  readonly #report: (error: DanjiError) => void;
  readonly #byAddress = new Map<string, Map<string, Cell>>();
  readonly #units = new Map<string, number>();
  readonly #unitNames = new Map<number, string>();
  /** By space, also of those that no page asked for yet: another tab may have filled them. */
  readonly #epochs = new Map<number, string>();

  constructor(bridge: Bridge, session: string, report: (error: DanjiError) => void) {
    this.#bridge = bridge;
    this.#session = session;
    this.#report = report;
  }

  /** The entry that a unit at `place` means by a key; undefined before it was opened. */
  find(registration: Registration, place: Place): Cell | undefined {
    const address = addressOf(registration, place);
    return this.#byAddress.get(address)?.get(registration.key);
  }

  open(registration: Registration, place: Place): Cell {
    const address = addressOf(registration, place);
    const { slot, space } = this.#bridge.open(registration.id, address, registration.key);
    this.spaces[space] ??= {
      id: space,
      address,
      session: this.#session,
      waiting: new WaitingOps(this.#report),
      plane: registration.plane,
      epoch: this.#epochs.get(space) ?? '',
    };
    const cell = new Cell(registration, this.spaces[space], slot);
    let cells = this.#byAddress.get(address);
    if (cells === undefined) this.#byAddress.set(address, (cells = new Map()));
    cells.set(registration.key, cell);
    this.cells[slot] = cell;
    return cell;
  }

  noteEpoch(space: number, epoch: string): void {
    this.#epochs.set(space, epoch);
    const view = this.spaces[space];
    if (view !== undefined) view.epoch = epoch;
  }

  unit(name: string): number {
    let unit = this.#units.get(name);
    if (unit === undefined) this.#units.set(name, (unit = this.#bridge.unit(name)));
    return unit;
  }

  unitName(unit: number): string {
    let name = this.#unitNames.get(unit);
    if (name === undefined) this.#unitNames.set(unit, (name = this.#bridge.unitName(unit)));
    return name;
  }
}
