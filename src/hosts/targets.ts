import type { AgentId } from '../config/provider-ids.ts';
import { AgentPoolError } from '../lib/errors.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';

/** What `agentpool setup` looks at: an agent that works for us, the host that it is, or both. */
export interface SetupTarget {
  id: string;
  provider: AgentId | null;
  /** The id of its host. */
  host: string;
  /** Its guide, below the package. */
  setup_doc: string;
}

const target = (id: string, provider: AgentId | null, host: string, page: string): SetupTarget => ({
  id,
  provider,
  host,
  setup_doc: `docs/setup/${page}.md`,
});

export const setupTargets: readonly SetupTarget[] = [
  target('codex', 'codex-cli', 'codex', 'codex'),
  target('claude-code', 'claude-code', 'claude-code', 'claude-code'),
  target('cursor', null, 'cursor', 'cursor'),
  target('cursor-cli', 'cursor-cli', 'cursor', 'cursor'),
  target('copilot-cli', 'copilot-cli', 'copilot-cli', 'copilot'),
  target('devin-cli', 'devin-cli', 'devin-cli', 'devin'),
  target('droid-cli', 'droid-cli', 'droid', 'droid'),
  target('opencode', 'opencode', 'opencode', 'opencode'),
];

/** The targets of that word, by its own id or its provider's; all of them for `all`. Throws TARGET_NOT_FOUND. */
export function targetsNamed(word: string): readonly SetupTarget[] {
  if (word === 'all') return setupTargets;
  const found = setupTargets.find(({ id }) => id === word) ?? setupTargets.find((t) => t.provider === word);
  if (found) return [found];
  const known = ['all', ...setupTargets.map(({ id }) => id)];
  const nearest = suggest(word, known);
  throw new AgentPoolError(
    'TARGET_NOT_FOUND',
    `There is no target ${word}.${nearest ? ` Did you mean ${nearest}?` : ''} Known: ${known.join(', ')}.`,
    { target: word, known, example: shell`agentpool setup ${nearest ?? 'all'}` },
  );
}
