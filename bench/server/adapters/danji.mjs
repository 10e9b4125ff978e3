// Danji, as its guides show it. A write is accepted when the server has it on its disk, and nobody
// else sees it earlier. Its limit of writes a second for one connection is lifted: the others have
// none.
import { createServer } from 'node:http';
import { createStateManager, defineState } from 'danji';
import { countedSocket } from '../sockets.mjs';

export const name = 'Danji';
export const acknowledges = true;

export async function serve({ folder, port }) {
  const { createSyncServer } = await import('danji-server');
  const limits = { opsPerSecond: 1_000_000, burst: 1_000_000 };
  const sync = createSyncServer({ store: folder, logger: false, limits });
  const server = createServer((request, response) => {
    if (!sync.handleRequest(request, response)) response.end();
  });
  server.on('upgrade', sync.handleUpgrade);
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
}

export async function connect(url) {
  const { Counted, bytesRead } = countedSocket();
  const manager = createStateManager({ remote: { url, WebSocket: Counted }, isolated: true });
  const unit = manager.createUnitStateStore('bench');
  const states = new Map();
  const stateOf = (key) => {
    if (!states.has(key)) states.set(key, defineState({ key, scope: 'apartment', default: null }));
    return states.get(key);
  };
  const loaded = async (state) => {
    if (!unit.readState(state).meta.loading) return;
    await new Promise((resolve) => {
      const stop = unit.subscribe(state, () => {
        if (unit.readState(state).meta.loading) return;
        stop();
        resolve();
      }, { meta: true });
    });
  };
  await loaded(stateOf('ready'));
  return {
    room: null,
    set: (key, value) => unit.setState(stateOf(key), value),
    get: (key) => unit.getState(stateOf(key)),
    async fetch(key) {
      await loaded(stateOf(key));
      return unit.getState(stateOf(key));
    },
    subscribe: (key, listener) => void unit.subscribe(stateOf(key), listener),
    bytesRead,
    close: () => manager.close(),
  };
}
