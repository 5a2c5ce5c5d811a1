import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Tool } from '../tool.ts';
import { allTools } from '../toolsets/index.ts';
import type { PublishedSchema } from './parameters.ts';

const tools = [...new Set(Object.values(allTools).flat())];
const schemasOf = ({ inputSchema }: Tool) => Object.entries(inputSchema.properties);
const word = fc.stringMatching(/^[a-z@/][a-z0-9 _./-]{0,12}[a-z0-9]$/).filter((each) => each !== 'null');

/** Values of a parameter in its proper form. */
function proper(schema: PublishedSchema): fc.Arbitrary<unknown> {
  const { minimum = 0, maximum = 1_000_000 } = schema;
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: minimum, max: maximum });
    case 'number':
      return fc.integer({ min: minimum * 4, max: maximum * 4 }).map((quarters) => quarters / 4);
    case 'array':
      return fc.array(word, { minLength: 1, maxLength: 4 });
    case 'object':
      return fc.dictionary(word, fc.oneof(word, fc.integer(), fc.constant(null)), {
        minKeys: 1,
        maxKeys: 3,
        noNullPrototype: true,
      });
    default:
      return schema.enum ? fc.constantFrom(...schema.enum) : word;
  }
}

/** The forms in which clients send a value, that mean the same. */
function forms(value: unknown, schema: PublishedSchema): unknown[] {
  if (typeof value === 'boolean')
    return [String(value), value ? 'True' : 'FALSE', value ? 1 : 0, value ? '1' : '0'];
  if (typeof value === 'number')
    return [String(value), ` ${value} `, ...(Number.isInteger(value) ? [`${value}.0`] : [])];
  if (Array.isArray(value)) return [JSON.stringify(value), ...(value.length === 1 ? [value[0]] : [])];
  if (typeof value === 'object') return [JSON.stringify(value), JSON.stringify(value, null, 2)];
  return schema.enum ? [` ${value} `, `${value}`.toUpperCase(), JSON.stringify(value)] : [value];
}

/** The forms in which clients send that a parameter is left out. */
const absent = ({ type }: PublishedSchema): unknown[] => [
  ...[null, undefined, '', ' '],
  ...(type === 'array' ? [[], '[]'] : []),
  ...(type === 'string' ? [] : ['null']),
];

/** A call of a tool in its proper form, and in one of the odd forms. */
function calls(tool: Tool): fc.Arbitrary<{ clean: Record<string, unknown>; odd: Record<string, unknown> }> {
  const required = tool.inputSchema.required ?? [];
  const args = schemasOf(tool).map(([key, schema]) =>
    fc
      .tuple(proper(schema), required.includes(key) ? fc.constant(true) : fc.boolean(), fc.nat())
      .map(([value, isGiven, pick]) => {
        const odd = isGiven ? forms(value, schema) : absent(schema);
        return { key, clean: isGiven ? { [key]: value } : {}, odd: { [key]: odd[pick % odd.length] } };
      }),
  );
  return fc.tuple(...args).map((each) => ({
    clean: Object.assign({}, ...each.map(({ clean }) => clean)),
    odd: Object.assign({}, ...each.map(({ odd }) => odd)),
  }));
}

describe('the arguments of every tool', () => {
  for (const tool of tools) {
    it(`are read the same in every form that clients send them in: ${tool.name}`, () => {
      fc.assert(
        fc.property(calls(tool), ({ clean, odd }) => {
          assert.deepEqual(tool.read(odd), tool.read(clean));
        }),
        { numRuns: 60 },
      );
    });
  }

  it('get their defaults, when they are left out in any form', () => {
    for (const tool of tools) {
      const required = tool.inputSchema.required ?? [];
      const least = Object.fromEntries(required.map((key) => [key, 'x']));
      const left = tool.read(least);
      for (const [key, schema] of schemasOf(tool).filter(([each]) => !required.includes(each))) {
        for (const value of absent(schema))
          assert.deepEqual(tool.read({ ...least, [key]: value }), left, `${tool.name} ${key}`);
      }
    }
  });

  it('that are something else are refused by name, with what they take and an example', () => {
    const wrong: Record<PublishedSchema['type'], unknown[]> = {
      string: [true, {}, ['x'], { a: 1 }],
      boolean: ['yes', 2, [true], {}],
      integer: ['soon', 1.5, '1.5', true, -1, '-1', 1e300, '0x10', {}, [1]],
      number: ['soon', -1, 1000, true, 'Infinity', {}],
      array: [[null], [''], [['a']], [true], true, {}],
      object: ['a', [1], 1, true, '[1]', '{'],
    };
    for (const tool of tools) {
      const required = tool.inputSchema.required ?? [];
      const least = Object.fromEntries(required.map((key) => [key, 'x']));
      for (const [key, schema] of schemasOf(tool)) {
        for (const value of wrong[schema.type].filter(
          (each) => !(Array.isArray(each) && each.length === 0),
        )) {
          const said = refusalOf(tool, { ...least, [key]: value });
          assert.match(
            said,
            new RegExp(`${tool.name}: ${key} (takes|is one of) .*, not `),
            JSON.stringify(value),
          );
          if (!schema.enum) assert.match(said, /for example /);
        }
      }
      for (const key of required)
        for (const value of [null, '', '  ', undefined])
          assert.match(
            refusalOf(tool, { ...least, [key]: value }),
            new RegExp(`${key} is missing; it takes .*example`),
          );
    }
  });

  it('that no tool has are refused with the one that was meant; null loses nothing', () => {
    const [spawn] = tools.filter(({ name }) => name === 'spawn_worker');
    const [preferences] = tools.filter(({ name }) => name === 'get_delegation_preferences');
    assert.ok(spawn && preferences);
    const request = { provider_id: 'fake-idle', task: 'Look', repo_path: '/tmp' };
    assert.match(
      refusalOf(spawn, { ...request, isolatoin: 'worktree' }),
      /no parameter "isolatoin".*isolation\?/,
    );
    assert.match(refusalOf(spawn, { ...request, repoPath: '/x' }), /repo_path\?/);
    assert.deepEqual(spawn.read({ ...request, cwd: null }), spawn.read(request));
    assert.deepEqual(preferences.read({ random_string: 'dummy' }), {});
    assert.match(refusalOf(spawn, { ...request, constructor: 'x' }), /no parameter "constructor"/);
  });

  it('keep a text as it is: a message may be a number, or the word null', () => {
    const [send] = tools.filter(({ name }) => name === 'send_worker_message');
    const [answer] = tools.filter(({ name }) => name === 'answer_worker');
    assert.equal(send?.read({ session_id: '@last', message: ' null ' }).message, ' null ');
    assert.equal(send?.read({ session_id: '@last', message: 5 }).message, '5');
    assert.deepEqual(answer?.read({ session_id: '@last', choice: 1, text: 'null' }), {
      ...{ session_id: '@last', choice: '1', choices: null, text: 'null', submit: false },
    });
  });
});

function refusalOf(tool: Tool, args: Record<string, unknown>): string {
  try {
    tool.read(args);
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail(`${tool.name} takes ${JSON.stringify(args)}`);
}
