/**
 * Values that the core has no text of yet. Most are never asked for, so it is made late: before
 * anything that may look inside.
 */
import type { Bridge } from './bridge.js';
import type { Cell } from './cell.js';

export class Deferred {
  #cells: Cell[] = [];

  add(cell: Cell): void {
    if (cell.isDeferred) return;
    cell.isDeferred = true;
    this.#cells.push(cell);
  }

  fill(bridge: Bridge): void {
    if (this.#cells.length === 0) return;
    for (const cell of this.#cells) {
      cell.isDeferred = false;
      if (cell.isSet && (typeof cell.value === 'string' || typeof cell.value === 'object')) {
        if (cell.value !== null) bridge.fill(cell.slot, JSON.stringify(cell.value));
      }
    }
    this.#cells = [];
  }
}
