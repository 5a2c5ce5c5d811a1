import { defaultConfig } from '../../src/config/file/defaults.ts';
import { expectation, yamlInline } from '../../src/config/file/problems.ts';
import { PROVIDER_IDS } from '../../src/config/provider-ids.ts';
import { type Config, configTree, type SchemaNode } from '../../src/config/schema.ts';

/** The example on the page; a test loads it. */
export const EXAMPLE = `version: 1
policy:
  max_parallel_sessions: 2
  denied_providers: [copilot-cli]
  usage_auto_refresh_after_seconds: 600
notify:
  command: [notify-send, AgentPool]
startup_answers:
  claude-code: {trust: accept}
providers:
  codex-cli:
    binary_candidates: [/opt/codex/bin/codex]
custom_providers:
  - id: my-agent
    command: [my-agent, --no-color]
    prompt_mode: arg
    model_arg: --model
`;

/** docs/configuration.md, from the schema and the defaults that the code uses. */
export function configurationMarkdown(): string {
  const defaults = defaultConfig();
  const model = configTree.properties?.custom_providers?.items?.properties?.models?.items ?? {};
  const sections = Object.entries(configTree.properties ?? {})
    .filter(([, node]) => node.properties ?? node.items?.properties)
    .flatMap(([key, node]) => section(key, node, (defaults as Record<string, unknown>)[key]));
  return `${[
    '# Configuration',
    '',
    '<!-- Generated from src/config/schema.ts by: npm run docs. Change it there. -->',
    '',
    'AgentPool works without a config file. `agentpool init` writes `~/.agentpool/config.yaml` with every key commented out and set to its default. Remove the `#` to change a key. A key that is not in the file keeps its default.',
    '',
    '```bash',
    'agentpool config path       # the path of the file',
    'agentpool config validate   # its errors, with line and column',
    'agentpool config print      # all values, defaults included',
    '```',
    '',
    'An unknown key causes a warning and is ignored. A wrong type, a value out of range or invalid YAML is an error: commands refuse to run until it is fixed, because a policy must not be applied in part. A running watcher or MCP server applies changes at once, and keeps the last valid config while the file has an error; `agentpool watcher status` and `agentpool doctor` show the error. `agentpool init --force` writes a new file and keeps a copy of the old one.',
    '',
    '## Environment',
    '',
    ...table(
      ['variable', 'description'],
      [
        ['`AGENTPOOL_HOME`', 'The folder of the ledger, config and artifacts. Default: `~/.agentpool`.'],
        ['`AGENTPOOL_CONFIG`', 'The path of the config file. Default: `config.yaml` in AGENTPOOL_HOME.'],
      ],
    ),
    '',
    '## Top level',
    '',
    ...keyTable(configTree, defaults),
    ...sections,
    '',
    '## A model',
    '',
    `Each entry of \`providers.<provider>.models\` and of \`custom_providers[].models\`:`,
    '',
    ...keyTable(model, undefined),
    '',
    '## How long files are kept',
    '',
    'Ages count from the end of a worker. What may go, what always stays, and how to see it before: [free the disk](worktrees.md#free-the-disk).',
    '',
    '```yaml',
    'retention:',
    '  recordings: 7d',
    '  worktrees: 14d',
    '  artifacts: 30d',
    '```',
    '',
    '## An example',
    '',
    '```yaml',
    EXAMPLE.trimEnd(),
    '```',
  ].join('\n')}\n`;
}

function section(path: string, node: SchemaNode, value: unknown): string[] {
  const head = ['', `## ${path}`, '', node.description ?? ''];
  if (node.unused) return [...head.slice(0, 4)];
  if (node.items) return [...head, '', `Each entry of \`${path}\`:`, '', ...keyTable(node.items, undefined)];
  if (node.keyed) return [...head, '', ...keyedTable(path, node, value)];
  const children = Object.entries(node.properties ?? {});
  const inner = children.flatMap(([key, child]) =>
    child.properties ? section(`${path}.${key}`, child, (value as Record<string, unknown>)[key]) : [],
  );
  const own = keyTable(node, value);
  return [...head, ...(own.length > 0 ? ['', ...own] : []), ...inner];
}

/** The keys of a section that hold a value. Keys that are sections get their own chapter. */
function keyTable(node: SchemaNode, value: unknown): string[] {
  const rows = Object.entries(node.properties ?? {})
    .filter(([, child]) => !child.properties)
    .map(([key, child]) => row(`\`${key}\``, child, defaultOf(key, child, node, value)));
  return rows.length > 0 ? table(['key', 'type', 'default', 'description'], rows) : [];
}

function keyedTable(path: string, node: SchemaNode, value: unknown): string[] {
  const [firstId, child] = Object.entries(node.properties ?? {})[0] ?? [];
  if (!child || !firstId) return [];
  const name = `${path}.${node.keyed}`;
  const first = (value as Record<string, unknown>)[firstId];
  if (!child.properties)
    return table(['key', 'type', 'default'], [row(`\`${name}\``, child, first).slice(0, 3)]);
  const keys = Object.entries(child.properties).map(([key, inner]) =>
    row(`\`${name}.${key}\``, inner, (first as Record<string, unknown>)[key], key === 'binary_candidates'),
  );
  const rows = table(['key', 'type', 'default', 'description'], keys);
  return path === 'providers' ? [...rows, '', ...programs(defaultConfig())] : rows;
}

function programs(defaults: Config): string[] {
  const rows = PROVIDER_IDS.map((id) => [`\`${id}\``, defaults.providers[id].binary_candidates] as const)
    .filter(([, candidates]) => candidates.length > 0)
    .map(([id, candidates]) => [id, candidates.map((name) => `\`${name}\``).join(', then ')]);
  const fakes = PROVIDER_IDS.filter((id) => defaults.providers[id].binary_candidates.length === 0);
  const own = `${fakes.map((id) => `\`${id}\``).join(', ')} are part of AgentPool and need no program.`;
  return [...table(['provider', 'programs'], rows), '', own];
}

function row(name: string, node: SchemaNode, value: unknown, varies = false): string[] {
  const held = varies ? 'see below' : value === undefined ? 'required' : `\`${yamlInline(value)}\``;
  return [name, takes(node), held, node.description ?? ''];
}

function takes(node: SchemaNode): string {
  return node.items?.properties ? 'a list of entries' : expectation(node);
}

function defaultOf(key: string, child: SchemaNode, parent: SchemaNode, value: unknown): unknown {
  if (value !== undefined) return (value as Record<string, unknown>)[key];
  return parent.required?.includes(key) ? child.default : null;
}

function table(head: string[], rows: ReadonlyArray<readonly string[]>): string[] {
  const cells = (row: readonly string[]) =>
    `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [cells(head), cells(head.map(() => '---')), ...rows.map(cells)];
}
