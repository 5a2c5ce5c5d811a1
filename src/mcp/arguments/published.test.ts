import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allTools } from '../toolsets/index.ts';

const tools = Object.values(allTools).flat();

/** The keywords that every model takes: those of Gemini's subset of OpenAPI that OpenAI's strict mode takes too. */
const KEYWORDS = new Set([
  ...['type', 'description', 'enum', 'items', 'properties', 'required', 'minimum', 'maximum', 'default'],
  'additionalProperties',
]);
const TYPES = ['string', 'boolean', 'integer', 'number', 'array', 'object'];

type Json = Record<string, unknown>;

/** What a model could refuse in a schema, each with its path. */
function* refusable(schema: Json, path: string): Generator<string> {
  const { type, items, properties, required, default: value, additionalProperties } = schema;
  if (!TYPES.includes(type as string)) yield `${path}: type is ${JSON.stringify(type)}`;
  for (const key of Object.keys(schema)) if (!KEYWORDS.has(key)) yield `${path}: ${key}`;
  if (schema.enum !== undefined) {
    const words = schema.enum as unknown[];
    if (type !== 'string') yield `${path}: an enum of ${type}`;
    if (words.length === 0 || words.some((word) => typeof word !== 'string' || word === ''))
      yield `${path}: an enum with ${JSON.stringify(words)}`;
  }
  if ((type === 'array') !== (items !== undefined)) yield `${path}: items of ${type}`;
  if (items !== undefined) yield* refusable(items as Json, `${path}[]`);
  const names = Object.keys((properties ?? {}) as Json);
  if ((type === 'object') !== (properties !== undefined)) yield `${path}: properties of ${type}`;
  if (type === 'object' && names.length === 0 && path.includes('.')) yield `${path}: no properties`;
  for (const name of (required ?? []) as string[])
    if (!names.includes(name)) yield `${path}: requires ${name}`;
  if (additionalProperties !== undefined && (path.includes('.') || additionalProperties !== false))
    yield `${path}: additionalProperties`;
  if (value !== undefined && typeof value !== (type === 'integer' ? 'number' : type))
    yield `${path}: default`;
  for (const [name, each] of Object.entries((properties ?? {}) as Record<string, Json>)) {
    if (!/^[a-z_]{1,64}$/.test(name)) yield `${path}.${name}: its name`;
    yield* refusable(each, `${path}.${name}`);
  }
}

describe('a schema that is published', () => {
  it('has nothing that a model refuses, for any input of any tool', () => {
    const found = tools.flatMap(({ name, inputSchema }) => [...refusable(inputSchema as Json, name)]);
    assert.deepEqual(found, []);
  });

  it('has no list of types and no union, for any output of any tool', () => {
    const written = JSON.stringify(tools.map(({ outputSchema }) => outputSchema));
    assert.doesNotMatch(written, /"type":\[|anyOf|oneOf|allOf|\$ref|const"/);
  });

  it('would be found if it had', () => {
    const bad: [Json, RegExp][] = [
      [{ type: ['string', 'null'] }, /type is/],
      [{ type: 'number', exclusiveMinimum: 0 }, /exclusiveMinimum/],
      [{ type: 'string', enum: ['a', ''] }, /enum with/],
      [{ type: 'array' }, /items of/],
      [{ type: 'object', properties: {} }, /no properties/],
      [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, /anyOf|type is/],
      [{ type: 'string', default: null }, /default/],
    ];
    for (const [schema, said] of bad) assert.match([...refusable(schema, 'a.b')].join(), said);
  });
});
