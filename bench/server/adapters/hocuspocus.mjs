// Hocuspocus, which at its defaults stores a document when it was quiet for two seconds. It tells a
// client when the server has heard all of its writes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HocuspocusProvider, HocuspocusProviderWebsocket } from '@hocuspocus/provider';
import { encodeStateAsUpdate } from 'yjs';
import { countedSocket } from '../sockets.mjs';
import { openDocument } from './yjs-map.mjs';

export const name = 'Hocuspocus';
export const acknowledges = true;

export async function serve({ folder, port }) {
  const { Server } = await import('@hocuspocus/server');
  const { applyUpdate } = await import('yjs');
  const file = join(folder, 'document');
  const server = new Server({
    port,
    address: '127.0.0.1',
    quiet: true,
    async onLoadDocument({ document }) {
      if (existsSync(file)) applyUpdate(document, readFileSync(file));
    },
    async onStoreDocument({ document }) {
      writeFileSync(file, encodeStateAsUpdate(document));
    },
  });
  await server.listen();
}

export async function connect(url) {
  const { document, view } = openDocument();
  const { Counted, bytesRead } = countedSocket();
  const websocketProvider = new HocuspocusProviderWebsocket({ url, WebSocketPolyfill: Counted });
  const provider = new HocuspocusProvider({ websocketProvider, name: 'bench', document });
  provider.attach();
  await new Promise((resolve) => provider.on('synced', resolve));
  return {
    ...view,
    set(key, value) {
      view.set(key, value);
      return new Promise((resolve) => {
        const look = () => {
          if (provider.unsyncedChanges > 0) return;
          provider.off('unsyncedChanges', look);
          resolve();
        };
        provider.on('unsyncedChanges', look);
        look();
      });
    },
    bytesRead,
    async close() {
      provider.destroy();
      websocketProvider.destroy();
    },
  };
}
