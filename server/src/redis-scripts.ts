/**
 * What is done in Redis in one step. A log is a stream: the row with index 7 has the id `7-0`, and
 * what takes the place of the rows up to it has `7-1`. Whatever is done twice, because an answer
 * was lost, is done once.
 *
 *   log:<address>    the stream          base:<address>   the id of the base that it begins with
 *   fence:<address>  the token of whoever led the space last; only with it may be appended
 *   lease:<address>  the same, until it expires: nobody else takes the space before
 *   stale:<address>  rows are gone that somebody had seen: the log has to go on as another one
 *   owners           the users of sessions   told   where rows begin that a hook was not told of
 */
import { createHash } from 'node:crypto';

export interface Script {
  readonly text: string;
  readonly sha: string;
}

function script(body: string): Script {
  const text = shared + body;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** ARGV[1]: what all keys begin with. */
const shared = `
local function key(kind, address) return ARGV[1] .. kind .. ':' .. address end
-- Where a log ends: its last index, how often that was condensed, and the bytes there.
local function endOf(log)
  local entry = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  if not entry then return -1, 0, nil end
  local index, times = string.match(entry[1], '^(%d+)-(%d+)$')
  return tonumber(index), tonumber(times), entry[2][2]
end
local function bytesAt(log, id)
  local entry = redis.call('XRANGE', log, id, id)[1]
  return entry and entry[2][2]
end
local function holds(address, token)
  return (redis.call('GET', key('fence', address)) or '') == token
end
`;

/**
 * ARGV: prefix, milliseconds of a lease, count of logs; for each its address and token; then for
 * each row the place of its log, its index and its bytes; place 0: an address and where rows begin
 * that nobody was told of, 0: all were told. Answers with the places of logs that may not be
 * appended to like that: then nothing was changed.
 */
export const appendScript = script(`
local addresses, tokens, ends, again, rows, refused = {}, {}, {}, 0, 0, {}
local first = 4 + 2 * tonumber(ARGV[3])
for at = 4, first - 1, 2 do
  local place = (at - 2) / 2
  addresses[place], tokens[place] = ARGV[at], ARGV[at + 1]
  ends[place] = math.max(endOf(key('log', ARGV[at])), 0)
end
for at = first, #ARGV, 3 do
  local address = addresses[tonumber(ARGV[at])]
  if address then
    rows = rows + 1
    if bytesAt(key('log', address), ARGV[at + 1] .. '-0') == ARGV[at + 2] then again = again + 1 end
  end
end
if rows > 0 and again == rows then return {} end
for place, address in ipairs(addresses) do
  local isStale = redis.call('EXISTS', key('stale', address)) == 1
  local isNext = true
  for at = first, #ARGV, 3 do
    if tonumber(ARGV[at]) == place then
      isNext = isNext and tonumber(ARGV[at + 1]) == ends[place] + 1
      ends[place] = ends[place] + 1
    end
  end
  if isStale or not isNext or not holds(address, tokens[place]) then
    refused[#refused + 1] = place
  end
end
if #refused > 0 then return refused end
for at = first, #ARGV, 3 do
  local address = addresses[tonumber(ARGV[at])]
  if address then
    redis.call('XADD', key('log', address), ARGV[at + 1] .. '-0', 'row', ARGV[at + 2])
  elseif ARGV[at + 2] == '0' then
    redis.call('HDEL', ARGV[1] .. 'told', ARGV[at + 1])
  else
    redis.call('HSET', ARGV[1] .. 'told', ARGV[at + 1], ARGV[at + 2])
  end
end
for place, address in ipairs(addresses) do
  if tokens[place] ~= '' then
    redis.call('SET', key('lease', address), tokens[place], 'PX', ARGV[2])
  end
  redis.call('PUBLISH', key('rows', address), '')
end
return {}
`);

/** Rows that are kept before a base, for those who follow the log and are not that far. */
const rowsKept = 512;

/** ARGV: prefix, address, token, index of the last row, what takes the place of all. 1: refused. */
export const condenseScript = script(`
local log = key('log', ARGV[2])
local index, times, bytes = endOf(log)
if bytes == ARGV[5] then return 0 end
if math.max(index, 0) ~= tonumber(ARGV[4]) or not holds(ARGV[2], ARGV[3]) then return 1 end
local id = ARGV[4] .. '-' .. (times + 1)
redis.call('XADD', log, id, 'row', ARGV[5])
redis.call('SET', key('base', ARGV[2]), id)
redis.call('DEL', key('stale', ARGV[2]))
local kept = math.max(tonumber(ARGV[4]) - ${rowsKept}, 0)
redis.call('XTRIM', log, 'MINID', '=', kept .. '-0')
redis.call('PUBLISH', key('rows', ARGV[2]), '')
return 0
`);

/** ARGV: prefix, address, the base that a log begins with if it has not begun yet. */
export const beginScript = script(`
local log = key('log', ARGV[2])
if endOf(log) < 0 then redis.call('XADD', log, '0-1', 'row', ARGV[3]) end
return 0
`);

/** ARGV: prefix, address, the index from which on rows are forgotten. */
export const cutScript = script(`
local log = key('log', ARGV[2])
local kept = redis.call('XRANGE', log, '-', '(' .. ARGV[3] .. '-0')
redis.call('DEL', log)
for _, entry in ipairs(kept) do redis.call('XADD', log, entry[1], 'row', entry[2][2]) end
return 0
`);

/** ARGV: prefix, address, milliseconds, a new token. 0: somebody leads it, 1: led, 2: and stale. */
export const leadScript = script(`
local holder = redis.call('GET', key('lease', ARGV[2]))
if holder and holder ~= ARGV[4] then return 0 end
redis.call('SET', key('fence', ARGV[2]), ARGV[4])
redis.call('SET', key('lease', ARGV[2]), ARGV[4], 'PX', ARGV[3])
return 1 + redis.call('EXISTS', key('stale', ARGV[2]))
`);

/** ARGV: prefix, milliseconds, for each space its address and token. The places of lost ones. */
export const renewScript = script(`
local lost = {}
for at = 3, #ARGV, 2 do
  if holds(ARGV[at], ARGV[at + 1]) then
    redis.call('SET', key('lease', ARGV[at]), ARGV[at + 1], 'PX', ARGV[2])
  else
    lost[#lost + 1] = (at - 3) / 2
  end
end
return lost
`);

/** ARGV: prefix, address, token. */
export const resignScript = script(`
if redis.call('GET', key('lease', ARGV[2])) == ARGV[3] then
  redis.call('DEL', key('lease', ARGV[2]))
end
return 0
`);

/** ARGV: prefix, address, a message. Who heard it; -1: nobody leads the space. */
export const forwardScript = script(`
if redis.call('EXISTS', key('lease', ARGV[2])) == 0 then return -1 end
return redis.call('PUBLISH', key('ops', ARGV[2]), ARGV[3])
`);

/** ARGV: prefix, session, user. Whose it is. */
export const claimScript = script(`
redis.call('HSETNX', ARGV[1] .. 'owners', ARGV[2], ARGV[3])
return redis.call('HGET', ARGV[1] .. 'owners', ARGV[2])
`);
