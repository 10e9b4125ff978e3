/**
 * What is done in Redis in one step. A log is a stream: the row with index 7 has the id `7-0`, and
 * what takes the place of the rows up to it has `7-1`. Whatever is done twice, because an answer
 * was lost, is done once.
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

/** Where a log ends: its last index, how often that was condensed, and the bytes there. */
const shared = `
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
`;

/**
 * KEYS: logs. ARGV: for each row the place of its log in KEYS, its index and its bytes.
 * 0: all are there; else the place of a log where something else is, and nothing was changed.
 */
export const appendScript = script(`
local ends, again = {}, 0
for place, log in ipairs(KEYS) do ends[place] = math.max(endOf(log), 0) end
for at = 1, #ARGV, 3 do
  local log = KEYS[tonumber(ARGV[at])]
  if bytesAt(log, ARGV[at + 1] .. '-0') == ARGV[at + 2] then again = again + 1 end
end
if again * 3 == #ARGV then return 0 end
for at = 1, #ARGV, 3 do
  local place, index = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  if index ~= ends[place] + 1 then return place end
  ends[place] = index
end
for at = 1, #ARGV, 3 do
  redis.call('XADD', KEYS[tonumber(ARGV[at])], ARGV[at + 1] .. '-0', 'row', ARGV[at + 2])
end
return 0
`);

/** KEYS: a log. ARGV: the index of its last row, and what takes the place of all. 1: it is not. */
export const condenseScript = script(`
local index, times, bytes = endOf(KEYS[1])
if bytes == ARGV[2] then return 0 end
if index ~= tonumber(ARGV[1]) then return 1 end
local id = ARGV[1] .. '-' .. (times + 1)
redis.call('XADD', KEYS[1], id, 'row', ARGV[2])
redis.call('XTRIM', KEYS[1], 'MINID', '=', id)
return 0
`);

/** KEYS: a log. ARGV: the index from which on rows are forgotten. */
export const cutScript = script(`
local kept = redis.call('XRANGE', KEYS[1], '-', '(' .. ARGV[1] .. '-0')
redis.call('DEL', KEYS[1])
for _, entry in ipairs(kept) do redis.call('XADD', KEYS[1], entry[1], 'row', entry[2][2]) end
return 0
`);
