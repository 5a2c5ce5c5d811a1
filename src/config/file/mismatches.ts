import type { TSchema } from 'typebox';
import { Errors } from 'typebox/value';
import type { SchemaNode } from '../schema.ts';
import { dotted, expectation, type Segments, shown, yamlInline } from './problems.ts';

export interface Mismatch {
  segments: Segments;
  message: string;
  fix: string;
}

/**
 * Where a value from a YAML file differs from its schema, one mismatch per place, with what to write instead.
 * `example` is a valid value for a place; undefined if none is known.
 */
export function mismatches(
  schema: TSchema,
  value: unknown,
  example: (segments: Segments) => unknown = () => undefined,
): Mismatch[] {
  const found = new Map<string, Mismatch>();
  for (const error of Errors(schema, value)) {
    const at = follow(schema as SchemaNode, error.instancePath, value);
    const where = dotted(at.segments);
    if (!found.has(where)) found.set(where, mismatch(at, error.keyword === 'required', example));
  }
  return [...found.values()];
}

function mismatch(
  { segments, node, found }: Place,
  isRequired: boolean,
  example: (segments: Segments) => unknown,
): Mismatch {
  const missing = isRequired && !node.anyOf ? missingKeys(node, found) : [];
  if (missing.length > 0) {
    const hint = node.properties?.[missing[0] ?? '']?.hint;
    return {
      segments,
      message: `needs ${missing.join(' and ')}`,
      fix: `Add ${missing[0]}: ${hint ?? '...'}`,
    };
  }
  const known = example(segments);
  const such = known === undefined || node.const !== undefined ? '' : `, for example ${yamlInline(known)}`;
  return {
    segments,
    message: `is ${shown(found)}`,
    fix: node.hint ? `Write ${node.hint}` : `Write ${expectation(node)}${such}`,
  };
}

interface Place {
  segments: Segments;
  node: SchemaNode;
  found: unknown;
}

/** The schema node and the value at a JSON pointer. Stops at alternatives, whose errors are reported as one. */
function follow(tree: SchemaNode, pointer: string, root: unknown): Place {
  const segments: Array<string | number> = [];
  let node = tree;
  let found = root;
  const tokens = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  for (const token of tokens) {
    const next = node.items ?? node.properties?.[token];
    if (!next) break;
    const segment = node.items ? Number(token) : token;
    segments.push(segment);
    node = next;
    found = (found as Record<string | number, unknown>)[segment];
  }
  return { segments, node, found };
}

function missingKeys(node: SchemaNode, value: unknown): string[] {
  return isRecord(value) ? (node.required ?? []).filter((key) => !(key in value)) : [];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
