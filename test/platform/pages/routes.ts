import type { FastifyInstance } from 'fastify';
import type { Dialog, Notice, Operation, Platform } from '../contract.ts';
import type { Changes, topics } from './changes.ts';
import { bodies, operations } from './requests.ts';
import { failure, type Runs } from './runs.ts';

const DIALOGS_KEPT = 100;
const doing: Readonly<Record<Operation, string>> = {
  start: 'Starting',
  stop: 'Stopping',
  restart: 'Restarting',
  redeploy: 'Redeploying',
  clone: 'Cloning',
  transfer: 'Transferring',
  'scale-out': 'Adding nodes to',
  'scale-in': 'Removing nodes from',
  migrate: 'Migrating',
  'reset-password': 'Resetting the password of',
  delete: 'Deleting',
};

/** What the routes stand on. */
export interface Doors {
  readonly platform: Platform;
  readonly runs: Runs;
  readonly changes: Changes;
  readonly topics: ReturnType<typeof topics>;
}

/** `GET /api/TOPIC`, `GET /api/changes`, and what the pages' buttons do. What may take long answers with its run at once. */
export function apiRoutes(app: FastifyInstance, { platform, runs, changes, topics }: Doors): void {
  const dialogs = new Map<string, Dialog>();

  for (const [topic, read] of Object.entries(topics)) app.get(`/api/${topic}`, async () => await read());
  app.get('/api/about', async () => ({ nodeKinds: platform.nodeKinds ?? [], regions: platform.regions ?? [] }));
  app.get('/api/picture', async ({ query }, reply) => {
    const { address } = bodies.picture.parse(query);
    const found = await platform.picture?.(address);
    if (found === undefined) return reply.status(404).send({ error: `there is no picture at ${address}` });
    return reply.type(found.type).send(Buffer.from(found.body));
  });
  app.get('/api/changes', (_request, reply) => {
    reply.hijack();
    changes.attach(reply.raw);
  });

  app.post('/api/offers', async ({ body }) => {
    const { manifest } = bodies.publish.parse(body);
    return runs.begin({ title: 'Import a manifest', loadingText: 'Reading it…' }, async () => {
      const offer = await platform.publish(manifest);
      return done(offer.name, 'It is on the marketplace now.');
    });
  });

  app.post<{ Params: { id: string } }>('/api/offers/:id/open', ({ params, body }) => {
    const { target } = bodies.install.parse(body);
    return opened('Install', () => platform.openInstall(params.id, target));
  });

  app.post<{ Params: { id: string } }>('/api/cards/:id/open', ({ params, body }) => {
    const { caption } = bodies.button.parse(body);
    return opened(caption, () => platform.openButton(params.id, caption));
  });

  app.post<{ Params: { id: string } }>('/api/cards/:id/press', async ({ params, body }) => {
    const { caption } = bodies.button.parse(body);
    const cards = (await platform.environments()).flatMap(({ layers }) => layers.flatMap(({ cards }) => cards));
    const pressed = cards.find(({ uniqueName }) => uniqueName === params.id);
    const loadingText = pressed?.buttons.find((one) => one.caption === caption)?.loadingText ?? 'Applying…';
    const title = pressed === undefined ? caption : `${caption}: ${pressed.offer.name} of ${pressed.environment}`;
    return runs.begin({ title, loadingText }, () => platform.press(params.id, caption));
  });

  app.post<{ Params: { id: string } }>('/api/cards/:id/uninstall', async ({ params }) =>
    runs.begin({ title: 'Uninstall', loadingText: 'Uninstalling…' }, () => platform.uninstall(params.id)),
  );

  app.post<{ Params: { id: string } }>('/api/dialogs/:id/submit', async ({ params, body }) => {
    const { values, target } = bodies.submit.parse(body);
    const { title = 'Dialog', loadingText = 'Applying…' } = dialogs.get(params.id) ?? {};
    return runs.begin({ title, loadingText }, () => platform.submit(params.id, values, target));
  });

  app.post('/api/environments', async ({ body }) => {
    const { displayName, ...wanted } = bodies.create.parse(body);
    return runs.begin({ title: wanted.name, loadingText: 'Creating the environment…' }, async () => {
      const made = await platform.createEnvironment(displayName === undefined ? wanted : { ...wanted, displayName });
      return done(made.displayName || made.name, 'The environment is there.');
    });
  });

  app.post<{ Params: { name: string; operation: string } }>(
    '/api/environments/:name/:operation',
    async ({ params, body }) => {
      const operation = operations.parse(params.operation);
      const { details } = bodies.operate.parse(body);
      return runs.begin({ title: params.name, loadingText: `${doing[operation]} ${params.name}…` }, () =>
        platform.operate(operation, params.name, details),
      );
    },
  );

  app.post<{ Params: { id: string } }>('/api/runs/:id/seen', async ({ params }) => {
    runs.seen(params.id);
    return {};
  });

  async function opened(title: string, open: () => Promise<Dialog | Notice>): Promise<object> {
    const answer = await open().catch((error: unknown) => failure(title, error));
    if (!('fields' in answer)) return { notice: answer };
    dialogs.set(answer.id, answer);
    for (const id of [...dialogs.keys()].slice(0, -DIALOGS_KEPT)) dialogs.delete(id);
    return { dialog: answer };
  }
}

function done(title: string, text: string): Notice {
  return { type: 'success', title, text, result: 0 };
}
