// Writes the pages that are generated from the code; a test of each says when its page is out of date.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { register } from 'tsx/esm/api';

register();
const { configurationMarkdown } = await import('../src/config/markdown.ts');
const { mcpClientsMarkdown } = await import('../src/hosts/markdown.ts');
const { eventsMarkdown } = await import('../src/events/markdown.ts');
const { publishedSchemas, schemasPage, schemaText } = await import('../src/cli/schemas.ts');
const { withPictures } = await import('./architecture.ts');
const architecture = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');

const schemas = await publishedSchemas();
rmSync(new URL('../docs/schemas', import.meta.url), { recursive: true, force: true });
mkdirSync(new URL('../docs/schemas', import.meta.url));

for (const [page, markdown] of [
  ['docs/configuration.md', configurationMarkdown()],
  ['docs/events.md', eventsMarkdown()],
  ['docs/mcp-clients.md', mcpClientsMarkdown()],
  ['docs/architecture.md', withPictures(architecture)],
  ['docs/schemas/README.md', schemasPage(schemas)],
  ...schemas.map((schema) => [`docs/schemas/${schema.file}`, schemaText(schema)]),
]) {
  writeFileSync(new URL(`../${page}`, import.meta.url), markdown);
  console.log(page);
}
