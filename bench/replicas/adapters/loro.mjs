// Loro: two documents with a map each, committed for each transaction, and its own counter.
import { LoroDoc } from 'loro-crdt';

export const name = 'Loro';

class Replica {
  constructor(keys, onUpdate) {
    this.keys = keys;
    this.doc = new LoroDoc();
    this.map = this.doc.getMap('state');
    this.counter = this.doc.getCounter('likes');
    this.doc.subscribeLocalUpdates(onUpdate);
  }
  set(place, value) {
    this.map.set(this.keys[place], value);
    this.doc.commit();
  }
  setMany(places, value) {
    for (const place of places) this.map.set(this.keys[place], value + place);
    this.doc.commit();
  }
  read = (place) => this.map.get(this.keys[place]);
  increment() {
    this.counter.increment(1);
    this.doc.commit();
  }
  count = () => this.counter.value;
}

export async function openPair(keys) {
  let updates = [];
  let bytes = 0;
  const note = (update) => {
    bytes += update.length;
    updates.push(update);
  };
  const one = new Replica(keys, note);
  const other = new Replica(keys, () => {});
  return {
    one,
    other,
    bytes: () => bytes,
    sent: async () => {},
    takeUpdates: () => updates.splice(0),
    apply: (update) => other.doc.import(update),
    takeWhole: () => [one.doc.export({ mode: 'update' })],
    exchange: async () => {
      const forOther = one.doc.export({ mode: 'update', from: other.doc.version() });
      const forOne = other.doc.export({ mode: 'update', from: one.doc.version() });
      bytes = forOther.length + forOne.length;
      other.doc.import(forOther);
      one.doc.import(forOne);
    },
    close: async () => (updates = []),
  };
}

// ---- Kept

export function fill(entries) {
  const doc = new LoroDoc();
  const map = doc.getMap('rows');
  entries.forEach((entry, place) => map.set(`row-${place}`, entry));
  doc.commit();
  return { doc, map };
}
export const save = ({ doc }) => doc.export({ mode: 'snapshot' });
export async function load(bytes) {
  const doc = new LoroDoc();
  doc.import(bytes);
  return { doc, map: doc.getMap('rows') };
}
export const readEntry = ({ map }, place) => map.get(`row-${place}`);
