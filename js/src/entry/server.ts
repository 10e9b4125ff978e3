/**
 * `danji/server`: the core of a server, for `danji-server` and whoever writes another. Compile
 * `danji/danji-host.wasm` and hand it to `Host`.
 */
export { Host } from '../engine/host.js';
export type {
  Access,
  Claim,
  Forward,
  HostInspection,
  LogRow,
  Outgoing,
  Question,
} from '../engine/host-types.js';
export type { ServerOp, ServerWrite, ToldRow } from '../engine/told.js';
export { DanjiError, errorCodes, type ErrorCode } from '../errors.js';
