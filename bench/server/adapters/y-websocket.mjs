// Yjs over y-websocket, with the server of its package and LevelDB behind it. No client is told
// what became of its writes.
import { createRequire } from 'node:module';
import { WebsocketProvider } from 'y-websocket';
import { WebSocketServer } from 'ws';
import { countedSocket } from '../sockets.mjs';
import { openDocument } from './yjs-map.mjs';

export const name = 'y-websocket';

export async function serve({ folder, port }) {
  process.env.YPERSISTENCE = folder;
  const { setupWSConnection } = createRequire(import.meta.url)('y-websocket/bin/utils');
  const server = new WebSocketServer({ port });
  server.on('connection', setupWSConnection);
}

export async function connect(url) {
  const { document, view } = openDocument();
  const { Counted, bytesRead } = countedSocket();
  const provider = new WebsocketProvider(url, 'bench', document, {
    WebSocketPolyfill: Counted, disableBc: true,
  });
  await new Promise((resolve) => provider.once('sync', resolve));
  return { ...view, bytesRead, close: async () => provider.destroy() };
}
