import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { configTree, type SchemaNode } from '../../src/config/schema.ts';
import { configurationMarkdown } from './configuration.ts';

const page = join(import.meta.dirname, '../../docs/configuration.md');

describe('docs/configuration.md', () => {
  it('matches the schema', () => {
    const written = existsSync(page) ? readFileSync(page, 'utf8') : '';
    assert.ok(
      written === configurationMarkdown(),
      'docs/configuration.md is out of date; write it with: npm run docs',
    );
  });

  it('names every key that has an effect', () => {
    const markdown = configurationMarkdown();
    for (const key of keysOf(configTree)) assert.ok(markdown.includes(key), key);
  });

  it('describes every key of the schema', () => {
    for (const [key, node] of describable(configTree))
      assert.ok(node.description, `${key} has no description`);
  });
});

function keysOf(node: SchemaNode): string[] {
  return describable(node).map(([key]) => key);
}

function describable(node: SchemaNode): Array<[string, SchemaNode]> {
  return Object.entries((node.items ?? node).properties ?? {}).flatMap(([key, child]) => {
    if (child.unused) return [];
    const inner = node.keyed
      ? Object.values(node.properties ?? {})
          .slice(0, 1)
          .flatMap(describable)
      : describable(child);
    return node.keyed ? inner : ([[key, child], ...inner] as Array<[string, SchemaNode]>);
  });
}
