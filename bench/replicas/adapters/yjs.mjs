// Yjs: two documents with a map each, and the updates that they give out for each transaction.
import { Doc, applyUpdate, encodeStateAsUpdate, encodeStateVector } from 'yjs';

export const name = 'Yjs';

class Replica {
  constructor(keys, onUpdate) {
    this.keys = keys;
    this.doc = new Doc();
    this.map = this.doc.getMap('state');
    this.counts = this.doc.getMap('counts');
    this.doc.on('update', (update, origin) => {
      if (origin !== 'other') onUpdate(update);
    });
  }
  set(place, value) {
    this.map.set(this.keys[place], value);
  }
  setMany(places, value) {
    this.doc.transact(() => {
      for (const place of places) this.map.set(this.keys[place], value + place);
    });
  }
  read = (place) => this.map.get(this.keys[place]);
  /** A counter as its users write one: a number for each client. */
  increment() {
    const self = String(this.doc.clientID);
    this.counts.set(self, (this.counts.get(self) ?? 0) + 1);
  }
  count = () => [...this.counts.values()].reduce((sum, each) => sum + each, 0);
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
    apply: (update) => applyUpdate(other.doc, update, 'other'),
    takeWhole: () => [encodeStateAsUpdate(one.doc)],
    exchange: async () => {
      const [from, to] = [encodeStateVector(one.doc), encodeStateVector(other.doc)];
      const forOther = encodeStateAsUpdate(one.doc, to);
      const forOne = encodeStateAsUpdate(other.doc, from);
      bytes = forOther.length + forOne.length + from.length + to.length;
      applyUpdate(other.doc, forOther, 'other');
      applyUpdate(one.doc, forOne, 'other');
    },
    close: async () => (updates = []),
  };
}

// ---- Kept

export function fill(entries) {
  const doc = new Doc();
  const map = doc.getMap('rows');
  doc.transact(() => entries.forEach((entry, place) => map.set(`row-${place}`, entry)));
  return { doc, map };
}
export const save = ({ doc }) => encodeStateAsUpdate(doc);
export async function load(bytes) {
  const doc = new Doc();
  applyUpdate(doc, bytes);
  return { doc, map: doc.getMap('rows') };
}
export const readEntry = ({ map }, place) => map.get(`row-${place}`);
