// TinyBase: mergeable stores, with the server of its package and a file behind it. No client is
// told what became of its writes.
import { join } from 'node:path';
import { createMergeableStore } from 'tinybase';
import { createFilePersister } from 'tinybase/persisters/persister-file';
import { createWsSynchronizer } from 'tinybase/synchronizers/synchronizer-ws-client';
import { createWsServer } from 'tinybase/synchronizers/synchronizer-ws-server';
import { WebSocket, WebSocketServer } from 'ws';
import { opened } from '../sockets.mjs';

export const name = 'TinyBase';

export async function serve({ folder, port }) {
  createWsServer(new WebSocketServer({ port }), () =>
    createFilePersister(createMergeableStore(), join(folder, 'store.json')),
  );
}

export async function connect(url) {
  const store = createMergeableStore();
  const socket = new WebSocket(`${url}/bench`);
  await opened(socket);
  const synchronizer = await createWsSynchronizer(store, socket);
  await synchronizer.startSync();
  return {
    room: null,
    set: (key, value) => void store.setValue(key, value),
    get: (key) => store.getValue(key),
    subscribe: (key, listener) =>
      void store.addValueListener(key, (_store, _key, value) => listener(value)),
    bytesRead: () => socket._socket.bytesRead,
    close: async () => void (await synchronizer.destroy(), socket.terminate()),
  };
}
