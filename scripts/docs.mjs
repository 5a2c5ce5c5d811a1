// Writes the pages that are generated from the code; a test of each says when its page is out of date.
import { readFileSync, writeFileSync } from 'node:fs';
import { register } from 'tsx/esm/api';

register();
const { configurationMarkdown } = await import('../src/config/markdown.ts');
const { mcpClientsMarkdown } = await import('../src/hosts/markdown.ts');
const { eventsMarkdown } = await import('../src/events/markdown.ts');
const { withPictures } = await import('./architecture.ts');
const architecture = readFileSync(new URL('../docs/architecture.md', import.meta.url), 'utf8');

for (const [page, markdown] of [
  ['docs/configuration.md', configurationMarkdown()],
  ['docs/events.md', eventsMarkdown()],
  ['docs/mcp-clients.md', mcpClientsMarkdown()],
  ['docs/architecture.md', withPictures(architecture)],
]) {
  writeFileSync(new URL(`../${page}`, import.meta.url), markdown);
  console.log(page);
}
