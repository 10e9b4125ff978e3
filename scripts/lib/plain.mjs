// The core as plain JavaScript, for pages whose policy forbids WebAssembly.
//
// binaryen's wasm2js translates the finished module; here its output becomes an ES module with
//
//   export function instantiate(): exports, as of a WebAssembly instance (with `memory`)
//
// which makes a fresh core at every call. Two things of wasm2js are put right: its helpers are
// one set per file (now one per instance), and its memory ignores the maximum, answers a refused
// growth as if it had succeeded, and copies everything at every step of 64 KiB.

const opening = 'var retasmFunc = asmFunc(';

function growFunction(pagesMax) {
  return `function __wasm_memory_grow(pagesToAdd) {
  pagesToAdd = pagesToAdd | 0;
  var oldPages = __wasm_memory_size() | 0;
  var newPages = oldPages + pagesToAdd | 0;
  if (pagesToAdd === 0) return oldPages;
  if (pagesToAdd < 0 || newPages > ${pagesMax}) return -1;
  // A quarter more than asked for, since each step copies the whole memory.
  var newBuffer = allocate(Math.min(${pagesMax}, newPages + (oldPages >> 2)))
    || allocate(newPages);
  if (newBuffer === null) return -1;
  new Uint8Array(newBuffer).set(HEAPU8);
  HEAP8 = new Int8Array(newBuffer);
  HEAP16 = new Int16Array(newBuffer);
  HEAP32 = new Int32Array(newBuffer);
  HEAPU8 = new Uint8Array(newBuffer);
  HEAPU16 = new Uint16Array(newBuffer);
  HEAPU32 = new Uint32Array(newBuffer);
  HEAPF32 = new Float32Array(newBuffer);
  HEAPF64 = new Float64Array(newBuffer);
  buffer = newBuffer;
  bufferView = HEAPU8;
  return oldPages;
 }`;
}

const allocateFunction = `function allocate(pages) {
  try {
    return new ArrayBuffer(pages * 65536);
  } catch (error) {
    return null;
  }
}`;

const growPattern = /function __wasm_memory_grow\(pagesToAdd\) \{[\s\S]*?return oldPages;\s*\}/g;

/**
 * The text of plain.js from the output of wasm2js for a module that imports nothing.
 * Throws when the output is not of the shape that is known here.
 */
export function plainModule(translated, pagesMax) {
  const end = translated.indexOf(opening);
  if (end < 0 || /^import /m.test(translated)) throw new Error('an unknown shape');
  const body = translated.slice(0, end);
  const found = body.match(growPattern)?.length ?? 0;
  if (found !== 1) throw new Error(`${found} functions that grow the memory`);
  return [
    '// Generated: the core as plain JavaScript.',
    'export function instantiate() {',
    allocateFunction,
    body.replace(growPattern, () => growFunction(pagesMax)).trim(),
    "var trap = function () { throw new Error('unreachable'); };",
    'return asmFunc({ abort: trap, env: { abort: trap } });',
    '}',
    '',
  ].join('\n');
}

/** The most 64 KiB pages that the module's memory may have, read from its memory section. */
export function memoryPagesMax(bytes) {
  const memorySection = 5;
  for (let place = 8; place < bytes.length; ) {
    const section = bytes[place];
    const size = readNumber(bytes, place + 1);
    const content = size.next;
    if (section === memorySection) {
      const [count, flags] = [bytes[content], bytes[content + 1]];
      const initial = readNumber(bytes, content + 2);
      if (count === 1 && (flags & 1) === 1) return readNumber(bytes, initial.next).value;
      break;
    }
    place = content + size.value;
  }
  throw new Error('the module has no memory with a maximum');
}

// LEB128: seven bits per byte, the least significant first.
function readNumber(bytes, start) {
  let value = 0;
  for (let place = start, factor = 1; ; place += 1, factor *= 128) {
    value += (bytes[place] & 127) * factor;
    if (bytes[place] < 128) return { value, next: place + 1 };
  }
}
