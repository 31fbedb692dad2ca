import { expect, test } from 'vitest';
import { fakeWorld, SCOPE } from './fakeWorld.ts';
import { createLanguage, submitted } from './index.ts';

const MANIFEST = `
type: update
id: keeper
name: Keeper
baseUrl: https://host.test/keeper
targetNodes: { nodeType: [mariadb-dockerized] }
globals:
  base: \${baseUrl}
  label: \${env.name}-keeper
settings:
  main:
    fields:
      - { type: list, name: kind, caption: Kind, default: '1', required: true }
      - { type: string, name: note, required: false }
onBeforeInit: scripts/init.js
buttons:
  - { caption: Run, action: work, successText: 'Worked on \${env.name}.' }
  - { caption: Configure, action: work, settings: main, submitButtonText: Save }
onInstall:
  - work
"onBeforeStop": [{ stopEvent: { type: warning, message: 'busy on \${env.name}' } }]
actions:
  work:
    - script: scripts/work.js
      params: { note: '\${settings.note:none}' }
    - if ('\${response.more}' == 'yes'):
        - cmd[\${targetNodes.nodeGroup}]: echo \${response.more} \${globals.label}
          user: root
    - else:
        - log: nothing to do
success: { text: 'Kept at \${globals.base}.' }
`;

test('a manifest is read, shown, installed, pressed and told of events', async () => {
  const world = fakeWorld();
  world.files['https://host.test/keeper/scripts/init.js'] =
    "jps.settings.main.fields[0].values = [{ value: '1', caption: 'One' }];\nreturn { result: 0, settings: jps.settings };";
  world.files['https://host.test/keeper/scripts/work.js'] =
    "//@req(note)\nvar info = api.env.control.GetEnvInfo('${env.envName}', session);\nreturn { result: info.result, more: note == 'none' ? 'no' : 'yes' };";
  const language = createLanguage(world);
  const manifest = await language.read(MANIFEST, 'https://elsewhere.test/x/manifest.jps');
  expect(manifest.unknown).toEqual([]);

  const opened = await language.openInstall(manifest, SCOPE);
  if ('failure' in opened) throw new Error(JSON.stringify(opened.failure));
  expect(opened.form.fields.map(({ name, values }) => [name, values])).toEqual([
    ['kind', [{ value: '1', caption: 'One' }]],
    ['note', []],
  ]);

  const settings = submitted(opened.form.fields, { note: "it's $5" });
  const installed = await language.install(manifest, { uniqueName: 'k1', scope: SCOPE, settings });
  expect(installed.notice).toEqual({
    type: 'success',
    title: 'Keeper',
    text: 'Kept at https://host.test/keeper.',
    result: 0,
  });
  const [command] = world.of('environment.control.ExecCmdByGroup');
  expect(command).toMatchObject({ envName: 'shop', nodeGroup: 'sqldb', userName: 'root', sayYes: true });
  expect(JSON.parse(String(command?.commandList))).toEqual([{ command: 'echo yes shop-keeper', params: '' }]);

  const pressed = await language.press(installed.installation, 'Run', null);
  expect(pressed.notice).toMatchObject({ type: 'success', text: 'Worked on shop.' });
  const stop = await language.fire(installed.installation, { name: 'onBeforeStop' });
  expect(stop.stopped).toEqual({ type: 'warning', message: 'busy on shop' });
});
