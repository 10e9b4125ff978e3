// What a drain of the core says, as the steps of conformance cases compare it.
import { ByteWriter } from '../../dist/js/src/bytes.js';
import { errorCodes } from '../../dist/js/src/errors.js';
import { decodeValue } from './case_values.js';

function readChoices(items) {
  const slot = items.u32();
  const dots = new ByteWriter();
  const between = [];
  const count = items.u8();
  dots.varint(count);
  for (let rest = count; rest > 0; rest--) {
    dots.raw(items.raw(16));
    dots.varint(items.f64());
    items.f64();
    items.f64();
    items.u32();
    between.push(decodeValue(items));
  }
  return { slot, choose: true, between, dots: dots.view().slice() };
}

function readReturned(items) {
  const [returned, sequence, unitNumber] = [items.u32(), items.f64(), items.u32()];
  const written = [];
  for (let rest = items.u32(); rest > 0; rest--) {
    written.push({ slot: items.u32(), kind: items.u8(), is: decodeValue(items) });
  }
  return { returned, sequence, unitNumber, written };
}

/** The items of core/engine/engine.h's `drained`. */
export function readItems(items) {
  const found = [];
  for (;;) {
    switch (items.u8()) {
      case 1: {
        const slot = items.u32();
        const isVisible = items.u8() === 1;
        const item = { slot, isVisible, version: items.f64(), millis: items.f64() };
        Object.assign(item, { pending: items.u32(), unitNumber: items.u32(), author: items.u8() });
        if (isVisible) item.is = decodeValue(items);
        found.push(item);
        break;
      }
      case 2: {
        const [space, sequence, code] = [items.u32(), items.f64(), errorCodes[items.u8()]];
        const item = { space, sequence, code, index: items.f64() };
        if (items.u8() === 1) item.superseded = true;
        found.push(item);
        break;
      }
      case 3:
        found.push({ slot: items.u32(), clash: true });
        break;
      case 4: {
        const scope = items.u8();
        const [apartment, building, unit] = [items.text(), items.text(), items.text()];
        found.push({ scope, apartment, building, unit, event: items.text(), json: items.text() });
        break;
      }
      case 5:
        found.push({ tabs: true });
        break;
      case 15: // A hint that the outbox changed.
        break;
      case 6:
        found.push({ space: items.u32(), epoch: items.text() });
        break;
      case 7:
        found.push(readChoices(items));
        break;
      case 8: {
        const [slot, author] = [items.u32(), items.u8()];
        const [unit, by] = [items.u32(), items.u32()];
        found.push({ slot, overwritten: true, author, unit, by, was: decodeValue(items) });
        break;
      }
      case 9:
        found.push({ renumbered: items.u32(), from: items.f64(), to: items.f64() });
        break;
      case 10:
        found.push({ slot: items.u32(), contract: items.text() });
        break;
      case 11:
        found.push(readReturned(items));
        break;
      default:
        return found;
    }
  }
}
