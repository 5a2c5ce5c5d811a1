// Writes the pages that are generated from the code; a test of each says when its page is out of date.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { register } from 'tsx/esm/api';

register();
const { configurationMarkdown } = await import('../src/config/markdown.ts');
const { mcpClientsMarkdown } = await import('../src/hosts/markdown.ts');
const { eventsMarkdown } = await import('../src/events/markdown.ts');
const { publishedSchemas, schemasPage, schemaText } = await import('../src/cli/schemas.ts');
const { everyGrammar } = await import('../src/cli/grammar/every.ts');
const { cliMarkdown } = await import('../src/cli/help/reference.ts');
const { withErrors } = await import('../src/cli/help/troubleshooting.ts');
const { withPictures } = await import('./architecture.ts');
const written = (page) => readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');

const schemas = await publishedSchemas();
rmSync(new URL('../docs/schemas', import.meta.url), { recursive: true, force: true });
mkdirSync(new URL('../docs/schemas', import.meta.url));

for (const [page, markdown] of [
  ['docs/configuration.md', configurationMarkdown()],
  ['docs/events.md', eventsMarkdown()],
  ['docs/mcp-clients.md', mcpClientsMarkdown()],
  ['docs/schemas/README.md', schemasPage(schemas)],
  ...schemas.map((schema) => [`docs/schemas/${schema.file}`, schemaText(schema)]),
  ['docs/cli.md', cliMarkdown(await everyGrammar())],
  ['docs/troubleshooting.md', withErrors(written('docs/troubleshooting.md'))],
  ['docs/architecture.md', withPictures(written('docs/architecture.md'))],
]) {
  writeFileSync(new URL(`../${page}`, import.meta.url), markdown);
  console.log(page);
}
