import { describe, expect, test } from 'vitest';
import { FACTS, NODES } from './fakeWorld.ts';
import { type Sources, substitute, wholeValue } from './placeholders.ts';

const sources: Sources = {
  engine: '8.4',
  loops: [
    { name: 'outer', value: { id: 7, intIP: '10.1.1.1' }, index: 3 },
    { name: 'i', value: 'apple', index: 1 },
  ],
  families: {
    ...FACTS,
    nodes: { cp: NODES.slice(0, 1), sqldb: NODES.slice(1), 'mariadb-dockerized': NODES.slice(1) },
    settings: { note: `it's "$5" \${settings.secret}`, secret: 'x', empty: '', count: '5', flag: true, path: 'base' },
    globals: { list: ['a', 'b'], text: '{"deep":{"key":"v"}}' },
    this: 'plain',
    response: {
      out: 'done',
      responses: [
        { nodeid: 21, out: 'one' },
        { nodeid: 22, out: 'two' },
      ],
    },
    event: { params: { nodeGroup: 'cp' }, response: { env: { envName: 'twin' }, nodes: [{ id: 31 }] } },
    baseUrl: 'https://host.test/app',
    base: 'settings',
  },
};

const replaced = (text: string) => substitute(text, sources);

describe('a placeholder', () => {
  test.for([
    ['env', '${env.domain} ${env.displayName}', 'shop.platform.test Shop'],
    ['a number', '${env.status}', '1'],
    ['a boolean', '${settings.flag}', 'true'],
    ['nodes of a layer by position', '${nodes.sqldb[1].id}', '22'],
    ['the first node', '${nodes.sqldb.first.id}', '21'],
    ['the last node', '${nodes.sqldb.last.id}', '22'],
    ['the master', '${nodes.sqldb.master.id}', '22'],
    ['the number of nodes', '${nodes.sqldb.length}', '2'],
    ['no position at all, which is the first', '${nodes.sqldb.id}', '21'],
    ['nodes of a type', '${nodes.mariadb-dockerized.master.address}', '10.0.0.3'],
    ['a joined key', '${nodes.sqldb.join(id,)}', '21,22'],
    ['a key joined by a separator of its own', '${nodes.sqldb.join(intIP,;)}', '10.0.0.2;10.0.0.3'],
    ['a joined list of texts', '${globals.list.join(-)}', 'a-b'],
    ['the layer of an add-on', '${targetNodes.nodeGroup} ${targetNodes.master.id}', 'sqldb 22'],
    ['the answer before', '${response.out}', 'done'],
    ['a part of the answer before', '${response.responses[1].out}', 'two'],
    ['ids of the answer before', '${response.responses.join(nodeid,)}', '21,22'],
    ['parameters of an event', '${event.params.nodeGroup}', 'cp'],
    ['the answer of an event', '${event.response.env.envName}', 'twin'],
    ['an argument of text', '${this}', 'plain'],
    ['a quota whose name has dots', '${quota.environment.maxnodescount}', '16'],
    ['the account', '${account.groupType}', 'billing'],
    ['a part of JSON that is a text', '${globals.text.deep.key}', 'v'],
    ['a loop variable by its name', '${@outer.id}', '7'],
    ['the usual loop variable', '${@i}', 'apple'],
    ['the counter of the innermost loop', '${@}', '1'],
    ['the counter of a named loop', '${@@outer}', '3'],
    ['a list, as JSON', '${globals.list}', '["a","b"]'],
  ] as const)('reads %s', ([, text, expected]) => {
    expect(replaced(text)).toBe(expected);
  });

  test.for([
    ['a value that is not there', '${settings.none:daily}', 'daily'],
    ['an empty default', '[${settings.none:}]', '[]'],
    ['a default that is another placeholder', '${settings.none:[settings.count]}', '5'],
    ['a default of a default', '${settings.none:[settings.nor:last]}', 'last'],
    ['a default with another placeholder in it', '${settings.none:user-[settings.count]}', 'user-5'],
    ['a default with brackets that are none', '${settings.none:a[0]}', 'a[0]'],
    ['a default that is a function', '${settings.none:[fn.base64(abc)]}', 'YWJj'],
    ['a default with a colon', '${settings.none:10:30}', '10:30'],
    ['a value that is empty, which is a value', '[${settings.empty:other}]', '[]'],
    ['a family that is not there', '${license.key:none}', 'none'],
  ] as const)('takes its default for %s', ([, text, expected]) => {
    expect(replaced(text)).toBe(expected);
  });

  test.for([
    ['an unknown name', '${settings.none}'],
    ['an unknown family', '${nothing.at.all}'],
    ['a variable of a shell', 'x=${HOME}; y=${?} z=${#list[@]} ${name%.gz} ${1}'],
    ['an expression', '${a ? b : c}'],
    ['quotes', 'new StrSubstitutor(map, "${", "}")'],
    ['a brace that never closes', 'echo ${settings.count'],
    ['a default that is not there either', '${settings.none:[settings.nor]}'],
  ] as const)('stays as it is for %s', ([, text]) => {
    expect(replaced(text)).toBe(text);
  });

  test('mangles a default of a shell, as the platform does', () => {
    expect(replaced('${VAR:-fallback}')).toBe('-fallback');
  });

  test('is replaced once: what a user typed is text', () => {
    expect(replaced('${settings.note}')).toBe(`it's "$5" \${settings.secret}`);
  });

  test('may have another one inside', () => {
    expect(replaced('${nodes.${targetNodes.nodeGroup}.length}')).toBe('2');
    expect(replaced('${unknown.${settings.count}}')).toBe('${unknown.5}');
  });
});

describe('a function', () => {
  test.for([
    ['fn.md5', '${fn.md5(abc)}', '900150983cd24fb0d6963f7d28e17f72'],
    [
      'fn.base64 of another placeholder',
      '${fn.base64([user.email])}',
      Buffer.from('anna@example.test').toString('base64'),
    ],
    ['fn.compare, less', '${fn.compare(1.9, 1.10)}', '-1'],
    ['fn.compare, equal', '${fn.compare(10.5, 10.5.0)}', '0'],
    ['fn.compareEngine', '${fn.compareEngine(7.0)}', '1'],
    ['toBase64', '${settings.count.toBase64()}', 'NQ=='],
    ['fromBase64', '${fn.base64(abc).fromBase64()}', 'abc'],
    ['md5', '${settings.count.md5()}', 'e4da3b7fbbce2345d7772b0674a318d5'],
    ['toJSON', '${globals.list.toJSON()}', '["a","b"]'],
    ['toJSON with an indent', '${globals.list.toJSON(1)}', '[\n "a",\n "b"\n]'],
    ['print', '${settings.count.print()}', '5'],
    ['contains', '${globals.list.contains(b)} ${globals.list.contains(z)}', 'true false'],
    ['contains by key', '${nodes.sqldb.contains(id,22)}', 'true'],
    ['one after the other', '${globals.list.toJSON().toBase64()}', Buffer.from('["a","b"]').toString('base64')],
    ['an unknown one, left alone', '${fn.nothing(1)}', '${fn.nothing(1)}'],
  ] as const)('%s', ([, text, expected]) => {
    expect(replaced(text)).toBe(expected);
  });

  test('makes passwords of the asked length, ids, and numbers within bounds', () => {
    expect(replaced('${fn.password(20)}')).toMatch(/^[a-zA-Z0-9]{20}$/);
    expect(replaced('${fn.uuid}')).toMatch(/^[0-9a-f-]{36}$/);
    expect(replaced('${fn.random}')).toMatch(/^\d+$/);
    const drawn = Array.from({ length: 60 }, () => Number(replaced('${fn.random(1,3)}')));
    expect([...new Set(drawn)].sort()).toEqual([1, 2, 3]);
  });

  test('shows all placeholders', () => {
    expect(JSON.parse(replaced('${placeholders}'))).toMatchObject({
      env: { envName: 'shop' },
      baseUrl: 'https://host.test/app',
    });
  });
});

describe('a text that is one placeholder', () => {
  test('is the list or map behind it', () => {
    expect(wholeValue('${globals.list}', sources)).toEqual(['a', 'b']);
    expect(wholeValue('${event.response.env}', sources)).toEqual({ envName: 'twin' });
  });

  test('is nothing of the kind with text around it', () => {
    expect(wholeValue('x ${globals.list}', sources)).toBeUndefined();
  });
});
