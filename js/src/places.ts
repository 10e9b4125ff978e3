/**
 * The places of a store: its entries by where they live, its spaces, and the numbers under which
 * the core knows units.
 */
import type { Bridge } from './bridge.js';
import { addressOf, type Place, type Plane } from './definition.js';
import type { DanjiError } from './errors.js';
import { Cell, type SpaceView } from './cell.js';
import { WaitingOps } from './receipts.js';
import type { Registration } from './registry.js';
import type { StateScope } from './types.js';

/** The entries of a space that this page uses, by key. */
interface Named {
  readonly place: Place;
  readonly scope: StateScope;
  readonly plane: Plane;
  readonly address: string;
  readonly cells: Map<string, Cell>;
}

export class Places {
  readonly spaces: SpaceView[] = [];
  /** By the core's number of the entry. */
  readonly cells: Cell[] = [];
  readonly #bridge: Bridge;
  readonly #session: string;
  readonly #report: (error: DanjiError) => void;
  readonly #byAddress = new Map<string, Map<string, Cell>>();
  #last: Named | null = null;
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
    return this.#namedAt(registration, place).cells.get(registration.key);
  }

  /** Most keys are asked for at the same place as the one before, where nothing is to be made. */
  #namedAt(registration: Registration, place: Place): Named {
    const { plane } = registration;
    const { scope } = registration.definition;
    const last = this.#last;
    const isLast = last?.place === place && last.scope === scope && last.plane === plane;
    if (isLast) return last;
    const address = addressOf(registration, place);
    let cells = this.#byAddress.get(address);
    if (cells === undefined) this.#byAddress.set(address, (cells = new Map()));
    return (this.#last = { place, scope, plane, address, cells });
  }

  open(registration: Registration, place: Place): Cell {
    const { address, cells } = this.#namedAt(registration, place);
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
