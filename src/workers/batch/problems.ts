import type { ConfigDocument } from '../../config/file/document.ts';
import { isRecord, mismatches } from '../../config/file/mismatches.ts';
import { dotted, type Problem, type Segments } from '../../config/file/problems.ts';
import type { SchemaNode } from '../../config/schema.ts';
import { suggest } from '../../lib/suggest.ts';
import { tasksSchema, tasksTree } from './schema.ts';

export type Report = (segments: Segments, message: string, fix: string, part?: 'key' | 'value') => void;

/** Collects problems of a file with their lines. */
export function problemsOf(document: ConfigDocument): { problems: Problem[]; report: Report } {
  const problems: Problem[] = [];
  const report: Report = (segments, message, fix, part) =>
    problems.push({
      severity: 'error',
      path: dotted(segments),
      ...document.place(segments, part),
      message,
      fix,
    });
  return { problems, report };
}

/**
 * Reports what differs from the schema. An unknown key is an error: a misspelt one would start another worker than was
 * meant. Returns whether what it holds can be checked further.
 */
export function reportShape(value: Record<string, unknown>, report: Report): { isUsable: boolean } {
  reportUnknown(tasksTree, value, [], report);
  const found = mismatches(tasksSchema, value);
  for (const { segments, message, fix } of found) report(segments, message, fix);
  // With a misspelt defaults:, every task would lack what is there.
  const isKnown = Object.keys(value).every((key) => Object.hasOwn(tasksTree.properties ?? {}, key));
  return { isUsable: found.length === 0 && isKnown };
}

function reportUnknown(node: SchemaNode, value: unknown, at: Segments, report: Report): void {
  if (Array.isArray(value) && node.items) {
    const { items } = node;
    for (const [index, item] of value.entries()) reportUnknown(items, item, [...at, index], report);
  }
  if (!isRecord(value) || !node.properties) return;
  const known = Object.keys(node.properties);
  for (const [key, inner] of Object.entries(value)) {
    const child = Object.hasOwn(node.properties, key) ? node.properties[key] : undefined;
    if (child) reportUnknown(child, inner, [...at, key], report);
    else report([...at, key], 'is no key of such a file', fixFor(key, known, at.length === 0), 'key');
  }
}

const TASK_KEYS = Object.keys(tasksTree.properties?.tasks?.items?.properties ?? {});

function fixFor(key: string, known: readonly string[], isTop: boolean): string {
  if (key === '<<') return 'Put what several tasks share below defaults';
  const near = suggest(key, known);
  if (near) return `Did you mean ${near}?`;
  if (isTop && TASK_KEYS.includes(key)) return 'Put it below defaults, or below a task';
  return `Known here: ${known.join(', ')}`;
}
