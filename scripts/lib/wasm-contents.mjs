// What is in a WebAssembly module that has the names of its functions: how many bytes each takes.

const sectionNames = [
  'custom', 'types', 'imports', 'functions', 'tables', 'memory', 'globals', 'exports', 'start',
  'elements', 'code', 'data', 'data count',
];
const codeSection = 10;

/** Reads numbers and texts as the WebAssembly specification has them. */
class Reader {
  constructor(bytes, place = 0) {
    this.bytes = bytes;
    this.place = place;
  }
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.bytes[this.place++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  }
  take(length) {
    this.place += length;
    return this.bytes.subarray(this.place - length, this.place);
  }
  text() {
    return Buffer.from(this.take(this.number())).toString('utf8');
  }
  get isAtEnd() {
    return this.place >= this.bytes.length;
  }
}

function sectionsOf(bytes) {
  const reader = new Reader(bytes, 8); // Behind the magic number and the version.
  const sections = [];
  while (!reader.isAtEnd) {
    const start = reader.place;
    const id = reader.number();
    const content = reader.take(reader.number());
    sections.push({ id, name: sectionNames[id], content, size: reader.place - start });
  }
  return sections;
}

function bodySizes({ content }) {
  const reader = new Reader(content);
  const sizes = [];
  const count = reader.number();
  for (let i = 0; i < count; i++) {
    const start = reader.place;
    reader.take(reader.number());
    sizes.push(reader.place - start);
  }
  return sizes;
}

/** Names by the number of the function; of a module that imports none. */
function functionNames(sections) {
  const custom = sections.filter(({ id }) => id === 0).map(({ content }) => new Reader(content));
  const reader = custom.find((one) => one.text() === 'name');
  const names = new Map();
  while (reader !== undefined && !reader.isAtEnd) {
    const kind = reader.number();
    const part = new Reader(reader.take(reader.number()));
    if (kind !== 1) continue;
    for (let left = part.number(); left > 0; left--) names.set(part.number(), part.text());
  }
  return names;
}

/**
 * Its functions, and its other sections, with their bytes: together with the eight that every
 * module begins with, all that it has but the names.
 */
export function contentsOf(bytes) {
  const sections = sectionsOf(bytes);
  const names = functionNames(sections);
  if (names.size === 0) throw new Error('the module has no names');
  const code = sections.find(({ id }) => id === codeSection);
  const functions = bodySizes(code).map((size, place) => ({ name: names.get(place), size }));
  const inCode = functions.reduce((sum, { size }) => sum + size, 0);
  const others = sections
    .filter(({ id }) => id !== 0)
    .map(({ id, name, size }) => ({ name, size: id === codeSection ? size - inCode : size }));
  return { functions, others };
}
