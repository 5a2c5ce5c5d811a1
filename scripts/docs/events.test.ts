import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { catalogue } from '../../src/events/catalogue/index.ts';
import { eventsMarkdown } from './events.ts';

const page = join(import.meta.dirname, '../../docs/events.md');

describe('docs/events.md', () => {
  it('matches the catalogue', () => {
    const written = existsSync(page) ? readFileSync(page, 'utf8') : '';
    assert.ok(written === eventsMarkdown(), 'docs/events.md is out of date; write it with: npm run docs');
  });

  it('names every type with all its fields', () => {
    const markdown = eventsMarkdown();
    for (const [type, { data }] of Object.entries(catalogue)) {
      const [, after = ''] = markdown.split(`### ${type}\n`);
      const section = after.split('\n#')[0] ?? '';
      for (const field of Object.keys(data.properties))
        assert.ok(section.includes(`\`${field}\``), `${type} ${field}`);
    }
  });
});
