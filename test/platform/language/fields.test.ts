import { describe, expect, test } from 'vitest';
import { faultsOf, namesOf, submitted } from './faults.ts';
import { fieldsOf } from './fields.ts';

const field = (raw: Record<string, unknown>) => {
  const [first] = fieldsOf([raw]);
  if (first === undefined) throw new Error('no field');
  return first;
};

describe('a field', () => {
  test('is a required text unless it says otherwise', () => {
    expect(field({ name: 'a' })).toMatchObject({ type: 'string', name: 'a', required: true, hidden: false, value: '' });
    expect(field({ name: 'a', required: 'false' }).required).toBe(false);
  });

  test.for([
    ['a default', { default: 'x' }, 'x'],
    ['a value', { value: 'x' }, 'x'],
    ['the default, of both', { default: 'x', value: 'y' }, 'x'],
    ['a number', { type: 'spinner', default: 5 }, '5'],
    ['the smallest number', { type: 'spinner', min: 3 }, '3'],
    ['a checkbox that is on', { type: 'checkbox', value: true }, 'true'],
    ['a checkbox that says nothing', { type: 'checkbox' }, 'false'],
    ['a toggle', { type: 'toggle', value: 'true' }, 'true'],
    [
      'ticked boxes',
      { type: 'checkboxlist', values: [{ name: 'a', value: true }, { name: 'b' }, { name: 'c', value: true }] },
      'a,c',
    ],
    ['a localised default', { default: { en: 'one', de: 'eins' } }, 'one'],
    ['a list without a default', { type: 'list', values: { a: 'A' } }, ''],
    ['something to read', { type: 'displayfield', markup: 'x', value: 'y' }, ''],
  ] as const)('starts with %s, as text', ([, raw, value]) => {
    expect(field({ name: 'n', ...raw }).value).toBe(value);
  });

  test('has its choices in their order, from a map or from a list', () => {
    const choices = [
      { value: 'b', caption: 'Bee' },
      { value: 'a', caption: 'Ay' },
    ];
    expect(field({ type: 'list', values: { b: 'Bee', a: 'Ay' } }).values).toEqual(choices);
    expect(field({ type: 'list', values: choices }).values).toEqual(choices);
    expect(field({ type: 'radiolist', values: [{ value: 1, caption: { en: 'One' } }] }).values).toEqual([
      { value: '1', caption: 'One' },
    ]);
    expect(field({ type: 'list', values: 'values' }).values).toEqual([]);
  });

  test('has choices by another field', () => {
    const depending = field({
      type: 'list',
      dependsOn: { kind: { x: { 1: 'One' }, y: [{ value: '2', caption: 'Two' }] } },
    });
    expect(depending.dependsOn).toEqual({
      field: 'kind',
      values: { x: [{ value: '1', caption: 'One' }], y: [{ value: '2', caption: 'Two' }] },
    });
    expect(field({ type: 'list', dependsOn: 'region' }).dependsOn).toBeUndefined();
  });

  test.for([
    ['a tooltip as text', { tooltip: 'Help' }, { tooltip: 'Help' }],
    ['a tooltip with a place', { tooltip: { text: 'Help', target: 'label' } }, { tooltip: 'Help' }],
    [
      'texts in the language of the user',
      { caption: { en: 'Name' }, placeholder: { en: 'your name' } },
      { caption: 'Name', placeholder: 'your name' },
    ],
    ['bounds', { type: 'spinner', min: 1, max: '30', increment: 2 }, { min: 1, max: 30, increment: 2 }],
    ['the input of a text', { inputType: 'password' }, { inputType: 'password', hidden: false }],
    ['an input that nobody sees', { inputType: 'hidden', value: true }, { hidden: true, value: 'true' }],
    ['no label on a radio-fieldset', { type: 'radio-fieldset', name: 'r' }, { hideLabel: true }],
    ['an older name of its type', { type: 'number-picker' }, { type: 'numberpicker' }],
    [
      'an editable list that is held to its choices',
      { type: 'list', editable: true, forceSelection: true },
      { editable: false },
    ],
    ['an editable list', { type: 'list', editable: true }, { editable: true }],
    [
      'several choices at once',
      { type: 'envlist', multiSelect: true, delimiter: ';' },
      { multiple: true, delimiter: ';' },
    ],
    [
      'the text of a displayfield',
      { type: 'displayfield', markup: 'Mind!', cls: 'warning' },
      { markup: 'Mind!', cls: 'warning', required: false },
    ],
  ] as const)('carries %s', ([, raw, expected]) => {
    expect(field(raw)).toMatchObject(expected);
  });

  test('holds others: parts of a compositefield, and branches by its value, to any depth', () => {
    const [first] = fieldsOf([
      {
        type: 'radio-fieldset',
        name: 'kind',
        showIf: { 1: [{ type: 'toggle', name: 'deep', showIf: { true: { type: 'string', name: 'deepest' } } }] },
      },
    ]);
    expect(first?.showIf[1]?.[0]?.showIf.true?.[0]).toMatchObject({ name: 'deepest' });
    expect(field({ type: 'compositefield', items: [{ type: 'checkbox', name: 'mo' }] }).items).toMatchObject([
      { name: 'mo' },
    ]);
  });
});

const schedule = fieldsOf([
  {
    type: 'radio-fieldset',
    name: 'kind',
    default: '1',
    values: { 1: 'Ready', 2: 'Own', 3: 'Crontab' },
    showIf: {
      1: [
        { type: 'list', name: 'cron', values: { '0 * * * *': 'Hourly', '0 0 * * *': 'Daily' }, default: '0 0 * * *' },
      ],
      2: [
        { type: 'string', name: 'time', default: '09:00', inputType: 'time' },
        {
          type: 'compositefield',
          name: 'days',
          items: [
            { type: 'checkbox', name: 'mo', value: true },
            { type: 'checkbox', name: 'su' },
          ],
        },
      ],
      3: [{ type: 'string', name: 'cron', regex: '^\\S+( \\S+){4}$', regexText: 'Five parts' }],
    },
  },
  { type: 'spinner', name: 'keep', min: 1, max: 30, default: 5 },
  { type: 'displayfield', name: 'hint', markup: 'Mind' },
  { type: 'string', name: 'off', disabled: true, value: 'x' },
  { type: 'string', name: 'secret', inputType: 'hidden', value: 'y' },
]);

describe('what a form submits', () => {
  test('is the text of each field that is shown, its start where nothing was typed', () => {
    expect(submitted(schedule, {})).toEqual({ kind: '1', cron: '0 0 * * *', keep: '5', secret: 'y' });
  });

  test('has nothing of branches that are hidden', () => {
    expect(submitted(schedule, { kind: '2', mo: 'true', su: 'true', cron: 'typed before' })).toEqual({
      kind: '2',
      time: '09:00',
      mo: 'true',
      su: 'true',
      keep: '5',
      secret: 'y',
    });
  });

  test('takes of two fields of one name the one that is shown', () => {
    expect(submitted(schedule, { kind: '3', cron: '1 2 3 4 5' })).toMatchObject({ kind: '3', cron: '1 2 3 4 5' });
  });

  test('keeps every character', () => {
    const typed = `' " $HOME \${x} <b>\n\\`;
    expect(submitted(schedule, { kind: '3', cron: typed }).cron).toBe(typed);
  });

  test('has of a checkboxlist the ticked names and each box', () => {
    const boxes = fieldsOf([
      { type: 'checkboxlist', name: 'all', values: [{ name: 'a', value: true }, { name: 'b' }] },
    ]);
    expect(submitted(boxes, {})).toEqual({ all: 'a', a: 'true', b: 'false' });
    expect(submitted(boxes, { all: 'a,b' })).toEqual({ all: 'a,b', a: 'true', b: 'true' });
  });

  test('names fields of all branches', () => {
    expect(namesOf(schedule)).toEqual([
      'kind',
      'cron',
      'time',
      'days',
      'mo',
      'su',
      'cron',
      'keep',
      'hint',
      'off',
      'secret',
    ]);
  });
});

describe('a fault', () => {
  const faults = (values: Record<string, string>) =>
    faultsOf(schedule, values).map(({ field: name, message }) => `${name}: ${message}`);

  test('is found in nothing that is right', () => {
    expect(faults({})).toEqual([]);
    expect(faults({ kind: '3', cron: '*/5 * * * *', keep: '30' })).toEqual([]);
  });

  test.for([
    ['a number that is too large', { keep: '31' }, 'keep: The maximum value is 30'],
    ['a number that is too small', { keep: '0' }, 'keep: The minimum value is 1'],
    ['what is no number', { keep: 'many' }, 'keep: many is not a number'],
    ['an empty field that is required', { kind: '2', time: ' ' }, 'time: This field is required'],
    ['what is no choice', { cron: 'never' }, 'cron: never is not one of the choices'],
    ['what is no choice of the radios', { kind: '9' }, 'kind: 9 is not one of the choices'],
    ['a regex that does not match, with its text', { kind: '3', cron: '* *' }, 'cron: Five parts'],
  ] as const)('is %s', ([, values, message]) => {
    expect(faults(values)).toEqual([message]);
  });

  test.for([
    ['alpha', 'abc_X', 'a1'],
    ['alphanum', 'a_1', 'a-1'],
    ['email', "o'neil+x@a.example.test", 'nobody'],
    ['extdomain', 'www.example.test', 'exa mple'],
    ['URL', 'https://a.test/x?y=1', 'a.test'],
    ['domainlist', 'a.test, b.test;c.test', 'a.test b'],
  ] as const)('is what is no %s', ([vtype, good, bad]) => {
    const [held] = fieldsOf([{ name: 'v', vtype, vtypeText: 'Wrong' }]);
    if (held === undefined) throw new Error('no field');
    expect(faultsOf([held], { v: good })).toEqual([]);
    expect(faultsOf([held], { v: bad })).toEqual([{ field: 'v', message: 'Wrong' }]);
  });

  test('is too few or too many choices', () => {
    const regions = fieldsOf([
      { type: 'regionlist', name: 'r', multiSelect: true, min: 2, max: 3, values: { a: 'A', b: 'B', c: 'C', d: 'D' } },
    ]);
    expect(faultsOf(regions, { r: 'a,b' })).toEqual([]);
    expect(faultsOf(regions, { r: 'a' })).toEqual([{ field: 'r', message: 'Choose at least 2' }]);
    expect(faultsOf(regions, { r: 'a,b,c,d' })).toEqual([{ field: 'r', message: 'Choose at most 3' }]);
  });

  test('is never in a field that nobody sees', () => {
    expect(
      faultsOf(
        fieldsOf([
          { name: 'a', hidden: true },
          { name: 'b', inputType: 'hidden' },
        ]),
        {},
      ),
    ).toEqual([]);
  });

  test('is a choice that another field does not allow', () => {
    const pair = fieldsOf([
      { type: 'list', name: 'a', values: { x: 'X', y: 'Y' }, default: 'x' },
      { type: 'list', name: 'b', dependsOn: { a: { x: { 1: 'One' }, y: { 2: 'Two' } } } },
    ]);
    expect(faultsOf(pair, { b: '1' })).toEqual([]);
    expect(faultsOf(pair, { a: 'y', b: '1' })).toEqual([{ field: 'b', message: '1 is not one of the choices' }]);
  });
});
