-- A day's work in the first database. ARGV: expiry base in seconds.
for n = 1, 200 do redis.call('SET', 'page:new:' .. n, redis.sha1hex(n)) end
for n = 1, 50 do redis.call('APPEND', 'page:' .. n, ' edited') end
for n = 51, 80 do redis.call('DEL', 'page:' .. n) end
redis.call('SADD', 'set:words', 'a new word')
redis.call('SET', 'list:short', 'now a string')
redis.call('XADD', 'stream:events', '*', 'kind', 'late')
redis.call('PERSIST', 'zset:short')
redis.call('EXPIREAT', 'hash:long', tonumber(ARGV[1]) + 3)
redis.call('HDEL', 'hash:short', 'a')
return 'changed'
