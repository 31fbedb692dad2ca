import { redis } from '../../addon/engines/redis.ts';
import { fleet } from '../support/fleet.ts';
import { engineContract } from './engine.ts';
import { redisTrial } from './redis-trial.ts';

const hosts = fleet();

engineContract({
  name: 'Redis 7.0 with an append-only file',
  engine: redis,
  start: () => redisTrial(hosts),
  dumpProgram: 'redis-cli',
  without: { makeDatabase: 'logical databases have numbers, not names, and are one part together' },
});
