import type { SchemaNode } from '../schema.ts';
import type { Problem } from './report-schema.ts';

export type { Problem };

export type Segments = ReadonlyArray<string | number>;

/** One line, in a form that editors and terminals turn into a link: `config.yaml:3:7: message; fix`. */
export function problemLine(file: string, problem: Problem): string {
  const place = problem.line === null ? file : `${file}:${problem.line}:${problem.column ?? 1}`;
  const subject = problem.path ? `${problem.path} ` : '';
  const end = /[.?]$/.test(problem.fix) ? '' : '.';
  return `${place}: ${subject}${problem.message}. ${problem.fix}${end}`;
}

export function dotted(segments: Segments): string {
  return segments
    .map((segment, index) => (typeof segment === 'number' ? `[${segment}]` : `${index ? '.' : ''}${segment}`))
    .join('');
}

/** The values that a key takes, in words: 'a whole number from 0 to 100', 'one of off, bell, desktop'. */
export function expectation(node: SchemaNode): string {
  if (node.const !== undefined) return yamlInline(node.const);
  if (node.enum?.length === 1) return yamlInline(node.enum[0]);
  if (node.enum) return `one of ${node.enum.map(yamlInline).join(', ')}`;
  if (node.anyOf) return node.anyOf.map(expectation).join(', or ');
  switch (node.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number${range(node)}`;
    case 'number':
      return `a number${range(node)}`;
    case 'string':
      return 'text';
    case 'null':
      return 'null';
    case 'array':
      return node.items?.type === 'string' ? 'a list of words' : 'a list';
    default:
      return node.properties ? `keys: ${Object.keys(node.properties).join(', ')}` : 'keys with values';
  }
}

/** A value as YAML on one line. */
export function yamlInline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlInline).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, inner]) => `${yamlInline(key)}: ${yamlInline(inner)}`);
    return `{${pairs.join(', ')}}`;
  }
  if (typeof value !== 'string') return String(value);
  const reserved =
    /^(?:true|false|null|yes|no|on|off|y|n|~)$/i.test(value) && value !== 'off' && value !== 'on';
  return /^[A-Za-z][\w./-]*$/.test(value) && !reserved ? value : JSON.stringify(value);
}

/** A value from the file, shortened for a message. */
export function shown(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'keys with values';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function range({ minimum, maximum }: SchemaNode): string {
  if (minimum === undefined && maximum === undefined) return '';
  if (maximum === undefined) return ` of at least ${minimum}`;
  return ` from ${minimum ?? 'any'} to ${maximum}`;
}
