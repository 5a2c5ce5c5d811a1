import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import Type from 'typebox';
import Value from 'typebox/value';
import { mcpClientsMarkdown } from '../../scripts/docs/mcp-clients.ts';
import { loadAgent } from '../agents/registry.ts';
import type { AgentId } from '../config/provider-ids.ts';
import { packageRoot } from '../lib/package-root.ts';
import { sourcesOf } from '../usage/asking/sources.ts';
import { hostNamed } from './hosts.ts';
import { fileWith } from './mcp-config.ts';
import { serverCommand } from './server-command.ts';
import { setupTargets } from './targets.ts';

const text = (...path: string[]) => readFileSync(join(packageRoot(), ...path), 'utf8');
const json = (...path: string[]) => JSON.parse(text(...path));

/**
 * What static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json asks of the fields that we use, repeated
 * and closed: a field that is not here was not compared with it.
 */
const closed = { additionalProperties: false };
const words = (most: number) => Type.String({ minLength: 1, maxLength: most });
const ServerJson = Type.Object(
  {
    $schema: Type.Literal('https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'),
    name: Type.String({ minLength: 3, maxLength: 200, pattern: '^[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+$' }),
    title: words(100),
    description: words(100),
    version: Type.String({ maxLength: 255, pattern: '^\\d+\\.\\d+\\.\\d+' }),
    packages: Type.Array(
      Type.Object(
        {
          registryType: Type.Literal('npm'),
          identifier: Type.String(),
          version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+' }),
          runtimeHint: Type.Literal('npx'),
          transport: Type.Object({ type: Type.Literal('stdio') }, closed),
          packageArguments: Type.Array(
            Type.Object({ type: Type.Literal('positional'), value: Type.String() }, closed),
          ),
          environmentVariables: Type.Array(
            Type.Object(
              {
                name: Type.String(),
                description: Type.String(),
                format: Type.Optional(Type.Enum(['string', 'number', 'boolean', 'filepath'])),
                default: Type.Optional(Type.String()),
                choices: Type.Optional(Type.Array(Type.String())),
              },
              closed,
            ),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);

describe('server.json', () => {
  const server = json('server.json');

  it('is as the registry wants it', () => assert.deepEqual([...Value.Errors(ServerJson, server)], []));

  it('is of this package and its version', () => {
    const { name, version, mcpName } = json('package.json');
    assert.deepEqual([server.version, server.name], [version, mcpName]);
    for (const each of server.packages) assert.deepEqual([each.identifier, each.version], [name, version]);
  });
});

describe('the examples for hosts', () => {
  for (const [file, id] of [
    [['.mcp.json.example'], 'claude-code'],
    [['.cursor', 'mcp.json.example'], 'cursor'],
  ] as const) {
    it(`${file.join('/')} is what mcp-config prints`, () =>
      assert.deepEqual(json(...file), fileWith(hostNamed(id), serverCommand({}, { absolute: false }))));
  }
});

describe('docs/mcp-clients.md', () => {
  it('is what mcp-config says', () =>
    assert.ok(
      text('docs', 'mcp-clients.md') === mcpClientsMarkdown(),
      'docs/mcp-clients.md is out of date; write it with: npm run docs',
    ));
});

describe('the guide of a provider', () => {
  for (const { id, provider, setup_doc } of setupTargets) {
    it(`${id}: installing, signing in, sources, dialogs at its start, the host's command`, async () => {
      const page = text(setup_doc);
      const wanted = [`agentpool setup ${id}`, ...(await wantedOf(provider))];
      assert.deepEqual(
        wanted.filter((words) => !page.includes(words)),
        [],
      );
    });
  }
});

/** What its guide has to name, from where the code itself has it. */
async function wantedOf(provider: AgentId | null): Promise<string[]> {
  if (!provider) return [];
  const { descriptor } = await loadAgent(provider);
  const isRuled = existsSync(join(packageRoot(), 'src', 'agents', provider, 'screens.yaml'));
  const rules = isRuled ? text('src', 'agents', provider, 'screens.yaml') : '';
  const dialogs = [...rules.matchAll(/startup: (\w+)/g)].map(([, name]) => `\`${name}\``);
  const sources = (await sourcesOf(provider, 'native')).map(({ id }) => `\`${id}\``);
  const known = [descriptor.install, descriptor.sign_in].flatMap((words) => words ?? []);
  return [...known, ...sources, ...dialogs, ...(isRuled ? [`startup_answers: {${provider}:`] : [])];
}
