import { configTree, type SchemaNode } from '../schema.ts';
import { defaultConfig } from './defaults.ts';
import { expectation, yamlInline } from './problems.ts';

const WIDTH = 90;

/**
 * config.yaml as `init` writes it. Every key is commented out, with its description and its default: the file
 * sets nothing until the user removes a #, so later versions can change their defaults.
 */
export function configTemplate(): string {
  const defaults = defaultConfig();
  const head = [
    '# AgentPool. Every key is shown with its default; remove the # in front of one to change it.',
    '# Check the file with: agentpool config validate      Show all values with: agentpool config print',
    '',
    'version: 1',
  ];
  const sections = Object.entries(configTree.properties ?? {})
    .filter(([key]) => key !== 'version')
    .flatMap(([key, node]) => ['', ...entry(key, node, (defaults as Record<string, unknown>)[key], '')]);
  return `${[...head, ...sections].join('\n')}\n`;
}

function entry(key: string, node: SchemaNode, value: unknown, indent: string): string[] {
  if (node.unused) return [];
  const about = comment(node, indent);
  if (!node.properties) return [...about, `${indent}# ${key}: ${yamlInline(value)}`];
  const inner = Object.entries(node.properties).flatMap(([name, child]) => {
    const held = (value as Record<string, unknown>)[name];
    return node.keyed
      ? [`${indent}  # ${name}: ${yamlInline(held)}`]
      : entry(name, child, held, `${indent}  `);
  });
  return [...about, `${indent}${key}:`, ...inner];
}

/** The description of a key, then its allowed values if the default does not show them. */
function comment(node: SchemaNode, indent: string): string[] {
  const takes = node.enum || node.maximum !== undefined ? ` Takes ${expectation(node)}.` : '';
  return wrap(`${node.description ?? ''}${takes}`, WIDTH - indent.length - 3).map(
    (line) => `${indent}## ${line}`,
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter(Boolean)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return line ? [...lines, line] : lines;
}
