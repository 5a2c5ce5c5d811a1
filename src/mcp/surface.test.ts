import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { PublishedSchema } from './arguments/parameters.ts';
import { prompts } from './prompts.ts';
import { resources, resourceTemplates } from './resources/resources.ts';
import type { Tool } from './tool.ts';
import { allTools } from './toolsets/index.ts';

interface Expected {
  toolset: keyof typeof allTools;
  /** Type, and its default. */
  params: Record<string, string>;
  required: string[];
  /** The hints that are true; all others are false. Not checked when left out. */
  hints?: string[];
}

interface Surface {
  tools: Record<string, Expected>;
  resources: string[];
  resourceTemplates: string[];
  prompts: Record<string, string[]>;
}

const surface = JSON.parse(
  readFileSync(new URL('./testing/surface.json', import.meta.url), 'utf8'),
) as Surface;

/** The size of the list of tools as a host receives it, in characters. */
const listSize = (tools: readonly Tool[], outputs: boolean): number =>
  JSON.stringify({
    tools: tools.map(({ name, description, inputSchema, outputSchema, annotations }) => ({
      ...{ name, description, inputSchema, annotations },
      ...(outputs ? { outputSchema } : {}),
    })),
  }).length;

const typeAndDefault = ({ type, ...schema }: PublishedSchema): string =>
  type + ('default' in schema ? ` = ${JSON.stringify(schema.default)}` : '');

describe('the surface of the MCP server', () => {
  for (const [name, expected] of Object.entries(surface.tools)) {
    it(`has ${name} with its parameters, defaults and hints`, () => {
      const tool = allTools[expected.toolset].find((each) => each.name === name);
      assert.ok(tool, `no ${name} in ${expected.toolset}`);
      const params = Object.entries(tool.inputSchema.properties).map(([key, schema]) => [
        key,
        typeAndDefault(schema),
      ]);
      assert.deepEqual(Object.fromEntries(params), expected.params);
      assert.deepEqual(tool.inputSchema.required ?? [], expected.required);
      assert.equal(tool.inputSchema.additionalProperties, false);
      if (!expected.hints) return;
      const hints = Object.entries(tool.annotations).filter(([, is]) => is);
      assert.deepEqual(hints.map(([hint]) => hint).sort(), expected.hints.toSorted());
    });
  }

  it('has no tool that is missing from the record, and none twice', () => {
    // One tool belongs to two toolsets: a delegation to a worktree ends with it.
    const names = [...new Set(Object.values(allTools).flat())].map(({ name }) => name);
    assert.deepEqual(names.toSorted(), Object.keys(surface.tools).sort());
  });

  it('has the resources, their templates and the prompts', () => {
    assert.deepEqual(
      resources.map(({ uri }) => uri),
      surface.resources,
    );
    assert.deepEqual(
      resourceTemplates(false).map(({ uriTemplate }) => uriTemplate),
      surface.resourceTemplates,
    );
    const named = prompts.map(({ name, arguments: given = [] }) => [name, given.map((each) => each.name)]);
    assert.deepEqual(Object.fromEntries(named), surface.prompts);
  });

  it('is small where a host loads it into every conversation', () => {
    assert.ok(listSize(allTools.default, false) < 12 * 1024, `${listSize(allTools.default, false)} bytes`);
    assert.ok(listSize(allTools.default, true) < 24 * 1024, `${listSize(allTools.default, true)} bytes`);
  });
});
