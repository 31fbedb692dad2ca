import { mongodb } from '../../addon/engines/mongodb.ts';
import { fleet } from '../support/fleet.ts';
import { engineContract } from './engine.ts';
import { mongodbTrial } from './mongodb-trial.ts';

const hosts = fleet();

engineContract({
  name: 'MongoDB, a replica set (stand-in programs)',
  engine: mongodb,
  start: () => mongodbTrial(hosts),
  dumpProgram: 'mongodump',
  without: { makeDatabase: 'one archive holds all databases, so that the oplog brings them to one moment' },
});
