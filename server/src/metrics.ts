/**
 * What a monitor may ask, in the form of Prometheus.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const counter = (name: string, help: string) => new Counter({ name, help, registers });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  return {
    registry,
    connections: gauge('danji_connections', 'Connections of clients that are open'),
    spaces: gauge('danji_spaces', 'Spaces that are in memory'),
    ops: gauge('danji_ops_received', 'Ops that arrived since the start, repeated ones included'),
    rows: counter('danji_rows_total', 'Decisions that were made durable'),
    frames: counter('danji_frames_sent_total', 'Frames sent to clients'),
    bytes: counter('danji_bytes_sent_total', 'Bytes of the frames sent to clients'),
    originRejected: counter('danji_origin_rejected_total', 'Requests of pages not on the list'),
    authFailed: counter('danji_auth_failed_total', 'Tokens that were refused, and silence'),
    slowConsumers: counter('danji_slow_consumers_total', 'Connections ended: they read too slowly'),
    hooksFailed: new Counter({
      name: 'danji_hooks_failed_total',
      help: 'Ops refused because canWrite or beforeCommit threw or took too long',
      labelNames: ['hook'],
      registers,
    }),
    limited: counter('danji_rate_limited_total', 'Times that a connection had to wait'),
    refused: new Gauge({
      name: 'danji_messages_refused',
      help: 'Messages that could not be read or were out of place, since the start',
      labelNames: ['code'],
      registers,
    }),
    spacesLed: gauge('danji_spaces_led', 'Spaces that this server decides, of several servers'),
    leasesLost: counter('danji_leases_lost_total', 'Spaces that another server took over'),
    forwarded: counter('danji_ops_forwarded_total', 'Messages with ops for another server'),
    flushSeconds: new Histogram({
      name: 'danji_flush_seconds',
      help: 'How long the store took to make decisions durable',
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
      registers,
    }),
  };
}
