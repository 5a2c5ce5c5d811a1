// Writes the pages that are generated from the code; a test of each says when its page is out of date.
import { writeFileSync } from 'node:fs';
import { register } from 'tsx/esm/api';

register();
const { configurationMarkdown } = await import('../src/config/markdown.ts');
const { eventsMarkdown } = await import('../src/events/markdown.ts');

for (const [page, markdown] of [
  ['docs/configuration.md', configurationMarkdown()],
  ['docs/events.md', eventsMarkdown()],
]) {
  writeFileSync(new URL(`../${page}`, import.meta.url), markdown);
  console.log(page);
}
