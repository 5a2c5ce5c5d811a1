import { AGENT_IDS, AGENTS, type AgentId, fullProviderId, type ListedAgent } from '../config/provider-ids.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';
import { hostNamed } from './hosts.ts';
import { hosts } from './table.ts';

/** What `agentpool setup` looks at: an agent that works for us, the host that it is, or both. */
export interface SetupTarget {
  id: string;
  provider: AgentId | null;
  /** The id of its host. */
  host: string;
  /** Its guide, below the package. */
  setup_doc: string;
}

/** Each agent, and before it the editor that is a host of its own beside it: Cursor. A plan needs no setup of ours. */
function targetsOf(provider: AgentId): SetupTarget[] {
  const { short, target = provider, guide = short, plan }: ListedAgent = AGENTS[provider];
  if (plan) return [];
  const host = hosts.find((each) => each.provider === provider) ?? hostNamed('generic');
  const common = { host: host.id, setup_doc: `docs/setup/${guide}.md` };
  const editor = host.windowed ? [{ id: host.id, provider: null, ...common }] : [];
  return [...editor, { id: target, provider, ...common }];
}

export const setupTargets: readonly SetupTarget[] = AGENT_IDS.flatMap(targetsOf);

/** The targets of that word, by its own id or its provider's, short or full; all of them for `all`. Throws TARGET_NOT_FOUND. */
export function targetsNamed(word: string): readonly SetupTarget[] {
  if (word === 'all') return setupTargets;
  const found =
    setupTargets.find(({ id }) => id === word) ??
    setupTargets.find(({ provider }) => provider === fullProviderId(word, []));
  if (found) return [found];
  const known = ['all', ...setupTargets.map(({ id }) => id)];
  const nearest = suggest(word, known);
  throw new AgentPoolError(
    'TARGET_NOT_FOUND',
    `There is no target ${word}.${nearest ? ` Did you mean ${nearest}?` : ''} Known: ${known.join(', ')}.`,
    { target: word, known, example: shell`agentpool setup ${nearest ?? 'all'}` },
  );
}
