#!lua name=shop
redis.register_function('net_price', function(keys, args) return tostring(args[1] / 1.19) end)
redis.register_function{function_name = 'peek', callback = function(keys) return redis.call('GET', keys[1]) end, flags = {'no-writes'}}
