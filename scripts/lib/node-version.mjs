// Refuses a Node that is too old, before anything else is loaded: import this file first.

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Danji needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}
