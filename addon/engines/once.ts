import type { Machine } from '../machines/machine.ts';
import type { Server } from './engine.ts';

/** The same look, taken once for each machine that is connected to; one that fails is taken again. */
export function oncePerMachine<Found>(look: (server: Server) => Promise<Found>): (server: Server) => Promise<Found> {
  const taken = new WeakMap<Machine, Promise<Found>>();
  return (server) => {
    const known = taken.get(server.machine);
    if (known !== undefined) return known;
    const looking = look(server);
    taken.set(server.machine, looking);
    looking.catch(() => taken.delete(server.machine));
    return looking;
  };
}
