// Writes the pages that are generated from the code; a test of each says when its page is out of date.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { register } from 'tsx/esm/api';

register();
const { configurationMarkdown } = await import('./docs/configuration.ts');
const { mcpClientsMarkdown } = await import('./docs/mcp-clients.ts');
const { eventsMarkdown } = await import('./docs/events.ts');
const { publishedSchemas, schemasPage, schemaText } = await import('./docs/schemas.ts');
const { everyGrammar } = await import('../src/cli/grammar/every.ts');
const { commands } = await import('../src/cli/commands/index.ts');
const { cliMarkdown } = await import('./docs/cli.ts');
const { withErrors } = await import('./docs/troubleshooting.ts');
const { withPictures } = await import('./docs/architecture.ts');
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
  ['docs/cli.md', cliMarkdown(await everyGrammar(commands))],
  ['docs/troubleshooting.md', withErrors(written('docs/troubleshooting.md'))],
  ['docs/architecture.md', withPictures(written('docs/architecture.md'))],
]) {
  writeFileSync(new URL(`../${page}`, import.meta.url), markdown);
  console.log(page);
}
