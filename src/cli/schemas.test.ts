import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { packageRoot } from '../config/package-root.ts';
import { type PublishedSchema, publishedSchemas, schemasPage, schemaText } from './schemas.ts';

const folder = join(packageRoot(), 'docs', 'schemas');
const written = (file: string) => readFileSync(join(folder, file), 'utf8');

describe('docs/schemas', () => {
  let published: PublishedSchema[];
  before(async () => {
    published = await publishedSchemas();
  });

  it('holds what the commands say, and nothing else (npm run docs writes it anew)', () => {
    const files = ['README.md', ...published.map(({ file }) => file)];
    assert.deepEqual(readdirSync(folder).sort(), files.sort());
    assert.equal(written('README.md'), schemasPage(published));
    for (const schema of published) assert.equal(written(schema.file), schemaText(schema), schema.file);
  });
});
