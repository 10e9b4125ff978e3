/**
 * What a Redis may lose, from how it is set: said at every start, for whoever believes that what is
 * acknowledged is safe.
 */
import type { Reply, RedisLink } from './redis-link.js';

/** Sentences; none: it keeps what it has answered. */
export async function weaknessesOf(link: RedisLink): Promise<readonly string[]> {
  const info = String(await link.ask(['INFO']));
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const found: string[] = [];
  if (value('aof_enabled') !== '1') {
    found.push('it has no append-only file and may lose all writes since its last dump: set ' +
      'appendonly yes and appendfsync always');
  } else {
    const fsync = await settingOf(link, 'appendfsync');
    if (fsync === undefined) {
      found.push('it does not tell how it writes to its disk (CONFIG GET appendfsync): only ' +
        'appendfsync always loses nothing');
    } else if (fsync !== 'always') {
      found.push(`it may lose acknowledged writes when it dies: appendfsync is ${fsync}, and ` +
        'only always loses nothing');
    }
  }
  const policy = value('maxmemory_policy');
  if (value('maxmemory') !== '0' && policy !== 'noeviction') {
    found.push(`it may throw logs away when its memory is full: maxmemory-policy is ${policy}, ` +
      'and must be noeviction');
  }
  if (value('role') === 'slave') found.push('it is a replica, which takes no writes');
  return found;
}

/** Undefined where Redis is not asked such questions. */
async function settingOf(link: RedisLink, name: string): Promise<string | undefined> {
  const reply: Reply = await link.tryAsk(['CONFIG', 'GET', name]);
  return Array.isArray(reply) && reply.length === 2 ? String(reply[1]) : undefined;
}
