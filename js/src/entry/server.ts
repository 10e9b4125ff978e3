/**
 * `danji/server`: the core of a server, for `danji-server` and whoever writes another. Compile
 * `danji/danji-host.wasm` and hand it to `Host`.
 */
export {
  Host,
  type Access,
  type HostInspection,
  type LogRow,
  type Outgoing,
} from '../engine/host.js';
export { DanjiError, errorCodes, type ErrorCode } from '../errors.js';
