// A thousand writes that count as accepted, and a server that is killed again and again right
// behind one: how many are gone at the end, when nobody is left who wrote or saw them. What a
// client without an acknowledgement of its own can know is that another one has seen the write.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../measuring.mjs';

/** Some servers answer before they have read what they keep: they get a while. */
const graceMillis = 1_500;

async function lostOf(client, accepted) {
  const end = performance.now() + graceMillis;
  for (;;) {
    let lost = 0;
    for (let write = 0; write < accepted; write++) {
      if ((await client.fetch(`write-${write}`)) !== write) lost++;
    }
    if (lost === 0 || performance.now() > end) return lost;
    await pause(100);
  }
}

export async function run({ start, connect, acknowledges }, effort) {
  const { writes, kills, limitMillis, enoughMillis } = effort;
  const writesEach = Math.ceil(writes / kills);
  let server = await start();
  let room = null;
  const end = performance.now() + enoughMillis;
  let accepted = 0;
  let life = 0;
  for (; life < kills && performance.now() < end; life++) {
    const writer = await connect(server, room);
    room = writer.room;
    const witness = acknowledges ? null : await connect(server, room);
    for (let write = 0; write < writesEach; write++) {
      const key = `write-${accepted}`;
      const seen = new Promise((resolve) => witness?.subscribe(key, resolve));
      const acknowledged = writer.set(key, accepted);
      await within(limitMillis, 'a write is accepted', witness === null ? acknowledged : seen);
      accepted++;
    }
    await server.kill();
    await Promise.all([writer.close(), witness?.close()]);
    server = await start(server);
  }
  const late = await connect(server, room).catch(() => null);
  const lost = late === null ? accepted : await lostOf(late, accepted);
  assert.equal(accepted, writesEach * life, 'not all were written');
  await late?.close();
  await server.stop();
  return { lost, accepted, kills: life };
}
