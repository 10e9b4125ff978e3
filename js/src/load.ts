/**
 * Brings a core to life: from WebAssembly bytes or a module, or from the plain-JavaScript build.
 * The only place that touches `WebAssembly`, the clock and the random source.
 */
/** What the core exports; see bindings/. */
export interface CoreExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  danji_create(keepsJournal: number): void;
  danji_reserve(length: number): number;
  danji_output(): number;
  danji_outputLength(): number;
  danji_status(): number;
  danji_detail(): void;
  danji_clock(nowMillis: number): void;
  danji_define(length: number, history: number): number;
  danji_open(definition: number, length: number): number;
  danji_unit(length: number): number;
  danji_unitName(unit: number): void;
  danji_setNumber(slot: number, unit: number, value: number): number;
  danji_set(slot: number, unit: number, kind: number, length: number): number;
  danji_fill(slot: number, length: number): void;
  danji_commit(length: number): number;
  danji_hold(length: number): number;
  danji_drain(): void;
  danji_flush(): void;
  danji_receive(length: number): void;
  danji_signal(signal: number): void;
  danji_sessions(length: number): void;
  danji_wishes(): number;
  danji_emit(length: number): number;
  danji_uplink(signal: number): void;
  danji_uplinkReceive(length: number): void;
  danji_uplinkFlush(): void;
  danji_storageBegin(): void;
  danji_storageWants(): void;
  danji_rowsRead(code: number, length: number): void;
  danji_committed(code: number): void;
  danji_snapshot(length: number): number;
  danji_entries(length: number): number;
  danji_outdated(length: number): number;
  danji_restore(length: number, rest: number, mode: number, unit: number): number;
  danji_history(slot: number): void;
  danji_inspect(): void;
  danji_digest(space: number): void;
  danji_outbox(): void;
  danji_withdraw(length: number): number;
  danji_journal(): void;
}

export type EngineKind = 'wasm' | 'js';

/** How an entry point makes cores. */
export interface EngineLoader {
  readonly kind: EngineKind;
  load(): CoreExports;
}

/** Starts a fresh instance. It imports nothing: the core can't call anybody. */
export function startCore(instance: unknown): CoreExports {
  const exports = instance as CoreExports;
  exports._initialize();
  return exports;
}

export function wasmLoader(module: WebAssembly.Module): EngineLoader {
  return { kind: 'wasm', load: () => startCore(new WebAssembly.Instance(module).exports) };
}

/** 16 random bytes and a random seed of 8: who this realm is. */
export function randomIdentity(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(24));
}

export function hexOf(bytes: Uint8Array): string {
  return [...bytes].map((n) => n.toString(16).padStart(2, '0')).join('');
}

/** Between 0 and 1: for pauses that are to differ between devices. */
export const chance = (): number => Math.random();

export const systemClock = (): number => Date.now();
