import { PREFERENCES_URI } from '../../config/preferences.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { lockedOut } from '../untrusted.ts';
import { resources, unknownResource, workerResource } from './resources.ts';
import type { ResourceTrigger } from './subscriptions.ts';

/**
 * The events and files whose changes concern a resource. Throws UNKNOWN_RESOURCE, LOCKDOWN, and what `sessionNamed`
 * throws, so that a client cannot subscribe to what it cannot read.
 */
export function sourceOf(app: AppContext, uri: string, lockdown: boolean): ResourceTrigger {
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
        // Decides which providers exist, and when a limit is near.
        files: [app.path],
      };
    default:
      return { event: () => false, files: uri === PREFERENCES_URI ? [app.paths.preferences] : [] };
  }
}
