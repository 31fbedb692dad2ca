-- Pages of a web cache, KEYS none, ARGV: first number, last number, expiry base in seconds.
local words = {'river', 'garden', 'Straße', 'window', 'lamp', 'winter', 'éclair', 'bridge', 'letter', 'north', 'basket', 'copper', '雨', 'harbour', 'violin', 'apple'}
for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local id = redis.sha1hex('page' .. n)
  local text, seed = {}, n
  for i = 1, 90 do
    seed = (seed * 1103515245 + 12345) % 2147483648
    text[i] = words[math.floor(seed / 65536) % #words + 1]
  end
  local page = cjson.encode({id = id, n = n, body = table.concat(text, ' '), token = redis.sha1hex(id) .. redis.sha1hex(id .. 'x')})
  redis.call('SET', 'page:' .. n, page)
  if n % 3 == 0 then redis.call('EXPIREAT', 'page:' .. n, tonumber(ARGV[3]) + n % 90000) end
  if n % 10 == 0 then
    redis.call('HSET', 'user:' .. n, 'name', words[n % 16 + 1], 'mail', 'user' .. n .. '@example.org', 'visits', n % 97, 'score', n / 7)
    redis.call('RPUSH', 'cart:' .. n, 'sku-' .. n, 'sku-' .. n * 2, 'sku-' .. n * 3)
    redis.call('ZADD', 'board:' .. n % 50, n / 3, 'user:' .. n, -n, 'loser:' .. n)
    redis.call('SADD', 'tag:' .. words[n % 16 + 1], n, n + 1, 'x' .. n)
  end
end
return 'filled'
