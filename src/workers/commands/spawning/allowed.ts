import { accountNamed, providerOfKey } from '../../../config/accounts.ts';
import { checkSpawn, type PolicyRefusal } from '../../../config/policy.ts';
import { fullProviderId, isAgent } from '../../../config/provider-ids.ts';
import { isPlaceholderTask } from '../../../config/task.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { AppContext } from '../../core/context.ts';
import { assertTextFits, assertWord } from '../../core/words/given-text.ts';
import type { SpawnOptions, SpawnRequest } from './options.ts';

/** The provider and the account that the caller names. */
export function accountOf(
  { config }: AppContext,
  { provider, account }: SpawnOptions,
): { provider: string; account: string | null; key: string } {
  const id = fullProviderId(provider, config.custom_providers);
  const base = fullProviderId(providerOfKey(provider), config.custom_providers);
  // `auto` is refused by the policy; to a fake and a custom provider, an account is a note of the caller.
  if (!isAgent(base)) return { provider: id, account, key: id };
  const named = accountNamed(config, provider, account);
  return { provider: named.provider, account: named.config ? named.name : account, key: named.key };
}

/** In characters; every list of sessions carries the metadata. */
const MOST_METADATA = 4096;

/** Throws what forbids the request, before anything is created. */
export function assertAllowed(app: AppContext, request: SpawnRequest): void {
  const { provider, key, task, role, isolation, runtime, metadata = {} } = request;
  const refusal = checkSpawn(app.config.policy, { provider, account: key, role, isolation });
  if (refusal) throw blocked(refusal, provider);
  if (isPlaceholderTask(task)) {
    throw new AgentPoolError(
      'INVALID_REQUEST',
      `${JSON.stringify(task)} is a placeholder; describe the task.`,
      {
        task,
        example: shell`agentpool spawn --provider ${provider} --task "Find out why the parser drops the last line"`,
      },
    );
  }
  const example = shell`agentpool spawn --provider ${provider} --task "Look for the parser"`;
  assertTextFits('The task', task, example);
  for (const [option, word] of [
    ['The model', request.model],
    ['The reasoning effort', request.reasoningEffort],
    ['The service tier', request.serviceTier],
  ] as const)
    assertWord(option, word, example);
  if (JSON.stringify(metadata).length > MOST_METADATA) {
    const message = `The metadata has more than ${MOST_METADATA} characters; store less with the session.`;
    throw new AgentPoolError('INVALID_REQUEST', message, {});
  }
  if (isolation !== 'worktree' && request.setup && request.setup.length > 0) {
    const message = `--setup prepares a worktree, and this worker gets none (isolation ${isolation}).`;
    throw new AgentPoolError('INVALID_REQUEST', message, {
      isolation,
      example: shell`agentpool spawn --provider ${provider} --isolation worktree --setup "npm ci" --task "Fix the test"`,
    });
  }
  if (runtime !== 'tmux') {
    throw new AgentPoolError('INVALID_REQUEST', `There is no runtime ${runtime}; workers run in tmux.`, {
      runtime,
      example: shell`agentpool spawn --provider ${provider} --runtime tmux --task "..."`,
    });
  }
}

export const blocked = ({ code, policy, message, example }: PolicyRefusal, provider: string) =>
  new AgentPoolError(code, message, { policy, provider_id: provider, example });
