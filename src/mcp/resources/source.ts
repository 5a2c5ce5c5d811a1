import { PREFERENCES_URI } from '../../config/preferences.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/named-session.ts';
import { lockedOut } from '../untrusted.ts';
import { resources, unknownResource, workerResource } from './resources.ts';
import type { Source } from './subscriptions.ts';

/**
 * What a resource is made of, for a client that subscribes to its changes.
 * @throws UNKNOWN_RESOURCE, LOCKDOWN, and what `sessionNamed` throws: what cannot be read cannot be subscribed to.
 */
export function sourceOf(app: AppContext, uri: string, lockdown: boolean): Source {
  const worker = workerResource(uri);
  if (worker) {
    if (lockdown && worker.kind === 'transcript') throw lockedOut();
    const { id, transcript_path } = sessionNamed(app, worker.session);
    const stream = workerStream(id);
    return {
      event: ({ stream_id }) => stream_id === stream,
      files: worker.kind === 'transcript' ? [transcript_path] : [],
    };
  }
  if (!resources.some((each) => each.uri === uri)) throw unknownResource(uri);
  switch (uri) {
    case 'agentpool://sessions':
      return { event: ({ stream_id }) => stream_id.startsWith('worker/'), files: [] };
    case 'agentpool://usage':
      return {
        event: ({ stream_id, type }) => stream_id.startsWith('usage/') || type === 'worker.limit_warned',
        // Which providers there are, and when a limit is near.
        files: [app.path],
      };
    default:
      return { event: () => false, files: uri === PREFERENCES_URI ? [app.paths.preferences] : [] };
  }
}
