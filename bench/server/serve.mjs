// The server of one library, in a process of its own, which may be killed:
//
//   node serve.mjs <adapter> <folder> <port>
const [adapter, folder, port] = process.argv.slice(2);
const { serve } = await import(`./adapters/${adapter}.mjs`);
await serve({ folder, port: Number(port) });
process.send({ ready: true });
// Whoever started it is gone.
process.on('disconnect', () => process.exit(0));
