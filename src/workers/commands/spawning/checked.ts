import { spawnableAgent } from '../../../agents/registry.ts';
import { type AppContext, placeOfWorker } from '../../core/context.ts';
import { repositoryFolder } from '../../core/repository.ts';
import { accountOf, assertAllowed } from './allowed.ts';
import type { SpawnOptions, SpawnRequest } from './options.ts';

/**
 * Checks a request as far as that is possible before its spawn; limits and the number of workers are left to the spawn.
 * Returns it with the names that it will be recorded with, and the harness of its agent.
 * @throws what `spawnWorker` would throw.
 */
export async function checkRequest(
  app: AppContext,
  options: SpawnOptions,
): Promise<SpawnRequest & { harness: string }> {
  const request = { ...options, ...accountOf(app, options) };
  assertAllowed(app, request);
  const agent = await spawnableAgent(app.config, request.provider);
  await agent.find(placeOfWorker(app, { provider_id: agent.id, account: request.account }));
  return {
    ...request,
    provider: agent.id,
    harness: agent.harness,
    repo: repositoryFolder(request.repo),
  };
}
