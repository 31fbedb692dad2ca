-- Describes a batch of keys. ARGV: cursor. Answers the next cursor, then for each key: name, type, expiry, digest of name and value.
local function flat(value)
  if type(value) ~= 'table' then return tostring(value) end
  local parts = {}
  for i, part in ipairs(value) do
    local text = flat(part)
    parts[i] = #text .. ':' .. text
  end
  return table.concat(parts, ',')
end
local function pairsSorted(list)
  local parts = {}
  for i = 1, #list, 2 do parts[#parts + 1] = #list[i] .. ':' .. list[i] .. '=' .. list[i + 1] end
  table.sort(parts)
  return parts
end
local function stream(key)
  local info = redis.call('XINFO', 'STREAM', key)
  local facts = {redis.call('XRANGE', key, '-', '+')}
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' or info[i] == 'max-deleted-entry-id' or info[i] == 'entries-added' then facts[#facts + 1] = info[i + 1] end
  end
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    facts[#facts + 1] = group
    for _, pending in ipairs(redis.call('XPENDING', key, group[2], '-', '+', 100000)) do facts[#facts + 1] = {pending[1], pending[2], pending[4]} end
    for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', key, group[2])) do facts[#facts + 1] = {consumer[2], consumer[4]} end
  end
  return facts
end
local read = {
  string = function(key) return redis.call('GET', key) end,
  list = function(key) return redis.call('LRANGE', key, 0, -1) end,
  set = function(key) local members = redis.call('SMEMBERS', key); table.sort(members); return members end,
  hash = function(key) return pairsSorted(redis.call('HGETALL', key)) end,
  zset = function(key) return pairsSorted(redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')) end,
  stream = stream,
}
local batch = redis.call('SCAN', ARGV[1], 'COUNT', 2000)
local answer = {batch[1]}
for _, key in ipairs(batch[2]) do
  local kind = redis.call('TYPE', key).ok
  answer[#answer + 1] = cjson.encode({key, kind, redis.call('PEXPIRETIME', key), redis.sha1hex(flat({key, read[kind](key)}))})
end
return answer
