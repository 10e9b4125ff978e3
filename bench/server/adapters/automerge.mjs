// automerge-repo: one document at a server with files behind it. No client is told what became of
// its writes.
import { Repo } from '@automerge/automerge-repo';
import {
  WebSocketClientAdapter, WebSocketServerAdapter,
} from '@automerge/automerge-repo-network-websocket';
import { NodeFSStorageAdapter } from '@automerge/automerge-repo-storage-nodefs';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocketServer } from 'ws';

export const name = 'automerge-repo';

export async function serve({ folder, port }) {
  new Repo({
    network: [new WebSocketServerAdapter(new WebSocketServer({ port }))],
    storage: new NodeFSStorageAdapter(folder),
    sharePolicy: async () => false,
  });
}

/** The server may not have heard of it yet. */
async function found(repo, room) {
  for (;;) {
    try {
      return await repo.find(room);
    } catch {
      await pause(50);
    }
  }
}

export async function connect(url, room) {
  const adapter = new WebSocketClientAdapter(url);
  const repo = new Repo({ network: [adapter] });
  await repo.networkSubsystem.whenReady();
  const handle = room === null ? repo.create({ isThere: true }) : await found(repo, room);
  await handle.whenReady();
  const listeners = new Map();
  handle.on('change', ({ doc, patches }) => {
    for (const key of new Set(patches.map(({ path }) => path[0]))) listeners.get(key)?.(doc[key]);
  });
  return {
    room: handle.url,
    set: (key, value) => void handle.change((doc) => (doc[key] = value)),
    get: (key) => handle.doc()[key],
    subscribe: (key, listener) => void listeners.set(key, listener),
    bytesRead: () => adapter.socket._socket.bytesRead,
    close: () => repo.shutdown(),
  };
}
