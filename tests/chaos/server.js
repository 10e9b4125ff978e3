// A server of the chaos: what `danji-server` starts, with logs that are condensed all the time. What
// a base takes the place of goes to a file first, so that the judge can read it.
//
//   node server.js '{"port", "data" or "redis", "archive", "isLate"}'
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createSyncServer, lmdbStore, redisStore } from 'danji-server';

const { port, data, redis, archive, isLate } = JSON.parse(process.argv[2]);
const lateMillis = 30;

/**
 * Rows stay in memory for a while before they are written, as on a disk that flushes late: whoever
 * kills this server takes them away, while a kill alone leaves what the system has not flushed.
 */
function late(store) {
  let last = Promise.resolve();
  const inTurn = (work) => (last = last.then(work));
  const pause = () => new Promise((resolve) => setTimeout(resolve, Math.random() * lateMillis));
  return {
    ...store,
    append: (rows) => inTurn(() => pause().then(() => store.append(rows))),
    condense: (base) => inTurn(() => store.condense(base)),
  };
}

const own = redis === undefined ? lmdbStore(data) : redisStore(redis, { leaseMillis: 600 });
const kept = isLate ? late(own) : own;
const store = {
  ...kept,
  condense: async (base) => {
    const rows = [];
    for await (const piece of kept.read(base.address)) rows.push(...piece);
    appendFileSync(archive, rows.map((row) => `${Buffer.from(row).toString('base64')}\n`).join(''));
    await kept.condense(base);
  },
};
const sync = createSyncServer({
  store,
  logger: false,
  limits: { condenseRows: 500 },
  onFailure: (error) => {
    console.error(error);
    process.exit(1);
  },
});
const server = createServer((request, response) => {
  if (sync.handleRequest(request, response)) return;
  response.writeHead(404).end();
});
server.on('upgrade', sync.handleUpgrade);
server.listen(port, '127.0.0.1', () => process.send({ port: server.address().port }));
process.once('disconnect', () => process.exit(1));
