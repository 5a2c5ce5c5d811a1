import { fullProviderId } from '../config/provider-ids.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';
import type { Host } from './host.ts';
import { hosts } from './table.ts';

/** The host of that id, or of the provider that the word names, short or full. Throws HOST_NOT_FOUND with the nearest known one. */
export function hostNamed(word: string): Host {
  const found =
    hosts.find(({ id }) => id === word) ??
    hosts.find(({ provider }) => provider === fullProviderId(word, []));
  if (found) return found;
  const known = hosts.map(({ id }) => id);
  const nearest = suggest(word, known);
  throw new AgentPoolError(
    'HOST_NOT_FOUND',
    `There is no host ${word}.${nearest ? ` Did you mean ${nearest}?` : ''} Known: ${known.join(', ')}.`,
    { client: word, known, example: shell`agentpool mcp-config --client ${nearest ?? 'generic'}` },
  );
}
