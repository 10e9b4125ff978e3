/**
 * `danji/slim`: everything but the WebAssembly, which the page brings itself: call `loadCore`
 * before the first manager is made. Alias `danji` to it in the bundler.
 */
import { DanjiError } from '../errors.js';
import { useEngine } from '../kernel.js';
import { wasmLoader } from '../load.js';

/**
 * Takes the core as bytes or as a module (then it is there when the call returns), or from an
 * address or a response (then when the promise resolves). Throws or rejects with `INTEGRITY` when
 * it is anything else than `danji/danji.wasm`.
 *
 * @example
 * await loadCore(new URL('danji/danji.wasm', import.meta.url));
 */
export function loadCore(
  source: URL | string | Response | BufferSource | WebAssembly.Module,
): Promise<void> {
  if (typeof source === 'string' || source instanceof URL || source instanceof Response) {
    return loadFrom(source);
  }
  useModule(() => (source instanceof WebAssembly.Module ? source : new WebAssembly.Module(source)));
  return Promise.resolve();
}

async function loadFrom(source: URL | string | Response): Promise<void> {
  const response = source instanceof Response ? source : await fetch(source);
  const bytes = await response.arrayBuffer();
  const compiled = await WebAssembly.compile(bytes).catch(refuse);
  useModule(() => compiled);
}

function useModule(compile: () => WebAssembly.Module): void {
  let module: WebAssembly.Module;
  try {
    module = compile();
  } catch (cause) {
    refuse(cause);
  }
  const names = WebAssembly.Module.exports(module).map(({ name }) => name);
  if (!names.includes('danji_create') || WebAssembly.Module.imports(module).length > 0) refuse();
  useEngine(wasmLoader(module));
}

function refuse(cause?: unknown): never {
  throw new DanjiError('INTEGRITY', 'loadCore was given something that is not the core', { cause });
}

export * from '../index.js';
