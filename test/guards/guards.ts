import type { Guard } from './guard.ts';
import { attachGuards } from './table/attach.ts';
import { engineGuards } from './table/engines.ts';
import { flowGuards } from './table/flows.ts';
import { keepingGuards } from './table/keeping.ts';
import { notifyGuards } from './table/notify.ts';
import { pumpGuards } from './table/pump.ts';
import { queueGuards } from './table/queue.ts';
import { scheduleGuards } from './table/schedule.ts';
import { sessionGuards } from './table/session.ts';
import { shareGuards } from './table/shares.ts';

/** All guards: each is taken out in turn by scripts/guards, and a test has to notice. */
export const GUARDS: readonly Guard[] = [
  ...pumpGuards,
  ...sessionGuards,
  ...attachGuards,
  ...shareGuards,
  ...keepingGuards,
  ...flowGuards,
  ...queueGuards,
  ...engineGuards,
  ...notifyGuards,
  ...scheduleGuards,
];
