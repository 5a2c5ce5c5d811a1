import { defaultConfig } from '../../src/config/defaults.ts';
import { expectation, yamlInline } from '../../src/config/problems.ts';
import { PROVIDER_IDS } from '../../src/config/provider-ids.ts';
import { type Config, configTree, type SchemaNode } from '../../src/config/schema.ts';

/** Printed in the page; a test loads it. */
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

/** docs/configuration.md, from the schema and the defaults that the code itself uses. */
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
    'AgentPool works without a config file. `agentpool init` writes one, `~/.agentpool/config.yaml`, in which every key stands as a comment with its default: remove the `#` to change it. A key that the file does not name keeps its default.',
    '',
    '```bash',
    'agentpool config path       # which file is read',
    'agentpool config validate   # what is wrong with it, with line and column',
    'agentpool config print      # what is in force',
    '```',
    '',
    'An unknown key is a warning and is ignored. A wrong type, a value out of range or broken YAML is an error, and commands stop until it is mended: half a policy is not a policy. `agentpool init --force` starts anew and keeps a copy of the old file.',
    '',
    '## Environment',
    '',
    ...table(
      ['variable', 'what it does'],
      [
        ['`AGENTPOOL_HOME`', 'The folder that holds everything. Default: `~/.agentpool`.'],
        ['`AGENTPOOL_CONFIG`', 'Another config file. Default: `config.yaml` in the home.'],
      ],
    ),
    '',
    '## First level',
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

/** The keys of a section that hold a value; those that are sections get a chapter of their own. */
function keyTable(node: SchemaNode, value: unknown): string[] {
  const rows = Object.entries(node.properties ?? {})
    .filter(([, child]) => !child.properties)
    .map(([key, child]) => row(`\`${key}\``, child, defaultOf(key, child, node, value)));
  return rows.length > 0 ? table(['key', 'takes', 'default', 'what it does'], rows) : [];
}

function keyedTable(path: string, node: SchemaNode, value: unknown): string[] {
  const [firstId, child] = Object.entries(node.properties ?? {})[0] ?? [];
  if (!child || !firstId) return [];
  const name = `${path}.${node.keyed}`;
  const first = (value as Record<string, unknown>)[firstId];
  if (!child.properties)
    return table(['key', 'takes', 'default'], [row(`\`${name}\``, child, first).slice(0, 3)]);
  const keys = Object.entries(child.properties).map(([key, inner]) =>
    row(`\`${name}.${key}\``, inner, (first as Record<string, unknown>)[key], key === 'binary_candidates'),
  );
  const rows = table(['key', 'takes', 'default', 'what it does'], keys);
  return path === 'providers' ? [...rows, '', ...programs(defaultConfig())] : rows;
}

function programs(defaults: Config): string[] {
  const rows = PROVIDER_IDS.map((id) => [`\`${id}\``, defaults.providers[id].binary_candidates] as const)
    .filter(([, candidates]) => candidates.length > 0)
    .map(([id, candidates]) => [id, candidates.map((name) => `\`${name}\``).join(', then ')]);
  const fakes = PROVIDER_IDS.filter((id) => defaults.providers[id].binary_candidates.length === 0);
  const own = `${fakes.map((id) => `\`${id}\``).join(', ')} come with AgentPool and need no program.`;
  return [...table(['provider', 'looked for'], rows), '', own];
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
