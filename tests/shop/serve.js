// The shop with its sync server, in a process of its own that can be killed.
//
//   node serve.js '{"root", "data", "port"}'
import { createSyncServer } from 'danji-server';
import { startServer } from '../../examples/shop/server.mjs';

const { root, data, port } = JSON.parse(process.argv[2]);
const sync = createSyncServer({ store: data, logger: false });
const { url } = await startServer({ root, port, sync });
process.send({ url });
process.once('disconnect', () => process.exit(1));
