import { describe, expect, test } from 'vitest';
import { kit } from './kit.ts';

const press = async (code: string, body = '') => {
  const made = await kit(
    `${body}\nbuttons: [{ caption: Go, title: Going, action: go, successText: 'Done on \${env.name}' }]\nactions:\n  go:\n    - script: |\n${code.replace(/^/gm, '        ')}`,
  );
  return (await made.language.press(made.installation, 'Go', null)).notice;
};

describe('a button', () => {
  test('that succeeds shows its own text, whatever the answer says', async () => {
    expect(await press("return { result: 0, message: 'from the script' };")).toEqual({
      type: 'success',
      title: 'Going',
      text: 'Done on shop',
      result: 0,
    });
  });

  test.for([
    ['info', 'info'],
    ['warning', 'warning'],
    ['error', 'error'],
    ['success', 'error'],
    ['hint', 'error'],
  ] as const)('that answers with type %s shows %s', async ([type, shown]) => {
    expect(await press(`return { result: 702, type: '${type}', message: 'm' };`)).toEqual({
      type: shown,
      title: 'Going',
      text: 'm',
      result: 702,
    });
  });

  test.for([
    [
      'a word for its result',
      "return { result: 'warning', message: 'm' };",
      { type: 'warning', text: 'm', result: 'warning' },
    ],
    ['only an error', "return { result: 8, error: 'e' };", { type: 'error', text: 'e', result: 8 }],
    ['a text', "return 'Stop';", { type: 'error', text: 'Stop', result: 11039 }],
    ['nothing to say', 'return { result: 8 };', { type: 'error', text: 'The action ended with result 8.', result: 8 }],
  ] as const)('shows an answer with %s', async ([, code, notice]) => {
    expect(await press(code)).toMatchObject(notice);
  });

  test('takes over what its form submitted, and of that form nothing else', async () => {
    const made = await kit(
      'settings: { main: { fields: [{ name: a }, { type: toggle, name: t, showIf: { true: { name: b } } }] } }\nbuttons: [{ caption: Go, action: go, settings: main }]\nactions: { go: { log: "${settings.a} ${settings.b:gone} ${settings.other}" } }',
      { settings: { a: 'old', b: 'old', other: 'kept' } },
    );
    await made.language.press(made.installation, 'Go', { a: 'new', t: 'false' });
    expect(made.lines).toEqual(['new gone kept']);
    expect(made.installation.settings).toEqual({ a: 'new', t: 'false', other: 'kept' });
  });
});

describe('the action of a button', () => {
  test('has what its form submitted as its arguments too, not read for placeholders again', async () => {
    const made = await kit(
      'settings: { main: { fields: [{ name: word }] } }\nbuttons: [{ caption: Go, action: go, settings: main }, { caption: Bare, action: go }]\nactions: { go: { log: "${this.word:none}" } }',
    );
    await made.language.press(made.installation, 'Go', { word: 'heard' });
    await made.language.press(made.installation, 'Go', { word: '${user.email}' });
    await made.language.press(made.installation, 'Bare', null);
    expect(made.lines).toEqual(['heard', '${user.email}', 'none']);
  });
});

describe('responses', () => {
  const body =
    'responses: { 702: { type: warning, message: { en: Mapped } }, "no space": { type: info, message: Make room }, 11039: { message: Text }, 9: Plain }';

  test.for([
    ['a code', 'return { result: 702 };', { type: 'warning', text: 'Mapped' }],
    [
      'a code, behind what the script says',
      "return { result: 702, type: 'error', message: 'own' };",
      { type: 'error', text: 'own' },
    ],
    ['a text', "return { result: 5, message: 'no space' };", { type: 'info', text: 'Make room' }],
    ['a code as text alone', 'return { result: 9 };', { type: 'error', text: 'Plain' }],
    ['nothing of it', "return { result: 6, message: 'm' };", { type: 'error', text: 'm' }],
  ] as const)('are found by %s', async ([, code, notice]) => {
    expect(await press(code, body)).toMatchObject(notice);
  });
});
