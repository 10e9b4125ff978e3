// What has to be true of the tabs of a cluster once they came to rest, looked up in their cores.
//
// At rest: one tab leads, the others follow it, everybody knows everybody, and nothing waits for
// a decision. Then the digests of all shared spaces must be equal in all tabs, and what each
// core folded, replayed by the native build, must come to the digests that this core has.
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { replay } from '../../replay/replay.js';

export const restMillisMax = 15_000;

/** Asks again and again until `look` returns something true; says `what` when it never does. */
export async function until(what, look, { millisMax = restMillisMax, explain } = {}) {
  const end = performance.now() + millisMax;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > end) {
      const details = explain === undefined ? '' : `\n${await explain()}`;
      assert.fail(`in ${millisMax / 1000} s it never came to be that ${what}${details}`);
    }
    await wait(20);
  }
}

const isShared = ({ address }) => !address.startsWith('tab/');
const isUsed = ({ epoch }) => epoch !== '0000000000000000';
const sharedOf = (look) => look.spaces.filter(isShared);

/** `address epoch index digest` of every shared space that has a log. */
export function digestsOf(look) {
  return sharedOf(look)
    .filter(isUsed)
    .map(({ address, epoch, index, digest }) => `${address} ${epoch} ${index} ${digest}`)
    .sort();
}

function unrestOf(look, sessions, leader) {
  if (look.role !== 'leader' && look.role !== 'follower') return `is ${look.role}`;
  if (look.leader !== leader.session) return `follows ${look.leader}`;
  if (look.leaderEpoch !== leader.leaderEpoch) return `is in leader epoch ${look.leaderEpoch}`;
  const others = sessions.filter((session) => session !== look.session);
  if (look.peers.toSorted().join() !== others.join()) return `knows of ${look.peers.join()}`;
  const waiting = look.spaces.find(({ pending }) => pending > 0);
  if (waiting !== undefined) return `has ${waiting.pending} undecided ops in ${waiting.address}`;
  const [own, theirs] = [digestsOf(look), digestsOf(leader)].map((lines) => lines.join('\n  '));
  return own === theirs ? undefined : `has\n  ${own}\n  and its leader\n  ${theirs}`;
}

/** Why these cores are not at rest, or undefined. */
export function unrest(looks) {
  const leaders = looks.filter(({ role }) => role === 'leader');
  if (leaders.length !== 1) return `${leaders.length} tabs lead`;
  const sessions = looks.map(({ session }) => session).sort();
  for (const look of looks) {
    const reason = unrestOf(look, sessions, leaders[0]);
    if (reason !== undefined) return `tab ${look.session} ${reason}`;
  }
  return undefined;
}

/** All of it in a few lines, for whoever has to find out what went wrong. */
export function summary(looks) {
  const short = (id) => (id ?? 'nobody').slice(0, 6);
  const line = ({ session, role, leader, leaderEpoch, peers, undecided, refused, spaces }) =>
    `${short(session)} ${role} of ${short(leader)}/${leaderEpoch}, knows ${peers.map(short)}, ` +
    `${undecided} undecided, refused ${JSON.stringify(refused)}: ` +
    spaces.map(({ address, epoch, index, pending, digest }) =>
      `${address} ${short(epoch)} ${index}+${pending} ${short(digest)}`).join('; ');
  return looks.map(line).join('\n');
}

/** Waits until the cores are at rest and returns what is in them. */
export async function rest(lookAll, options) {
  let looks = [];
  const isAtRest = async () => {
    looks = await lookAll();
    return unrest(looks) === undefined;
  };
  await until('the tabs agree', isAtRest, {
    explain: () => `${unrest(looks)}\n${summary(looks)}`,
    ...options,
  });
  return looks;
}

/** Replays what a core folded by the native build and compares all its spaces. */
export async function checkReplay(look, journal) {
  const replayed = new Map((await replay(journal)).map((space) => [space.address, space]));
  for (const { address, epoch, index, digest } of look.spaces) {
    if (index === 0) continue;
    const { epoch: itsEpoch, index: itsIndex, digest: itsDigest } = replayed.get(address) ?? {};
    assert.deepEqual(
      { address, epoch: itsEpoch, index: itsIndex, digest: itsDigest },
      { address, epoch, index, digest },
    );
  }
}
