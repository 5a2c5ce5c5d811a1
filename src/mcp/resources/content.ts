import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import { PREFERENCES_URI, readPreferences } from '../../config/preferences.ts';
import { providerIds } from '../../config/provider-ids.ts';
import { readSkill, skillBody, skillNamed } from '../../hosts/skills.ts';
import { shown } from '../../lib/text/shown.ts';
import { workerStream } from '../../machines/worker/state.ts';
import { listSessions } from '../../projections/sessions/list.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { sessionNamed } from '../../workers/core/sessions/named-session.ts';
import { withFiles } from '../../workers/core/sessions/session-files.ts';
import { usageSummaryOf } from '../../workers/queries/usage.ts';
import { artifactManifest } from '../../workspace/artifacts.ts';
import { eventForHost } from '../history.ts';
import { transcriptPage } from '../toolsets/observing.ts';
import { existingOnly, lockedOut, sessionForHost, usageForHost } from '../untrusted.ts';
import { json, markdown, unknownResource, workerResource } from './resources.ts';

/** The current content of a resource. Throws UNKNOWN_RESOURCE, LOCKDOWN, and what `sessionNamed` throws. */
export async function readResource(
  app: AppContext,
  uri: string,
  lockdown: boolean,
): Promise<ReadResourceResult> {
  const { text, mimeType } = await contentOf(app, uri, lockdown);
  return { contents: [{ uri, mimeType, text: shown(text) }] };
}

const TAIL_LINES = 200;
/** Events that the resource contains, the last ones; list_events pages through all of them. */
const MAX_EVENTS = 1000;

async function contentOf(app: AppContext, uri: string, lockdown: boolean) {
  const worker = workerResource(uri);
  if (worker) {
    if (lockdown && worker.kind === 'transcript') throw lockedOut();
    const session = sessionNamed(app, worker.session);
    if (worker.kind === 'artifacts')
      return asJson(existingOnly(await artifactManifest(session.artifact_dir)));
    if (worker.kind === 'transcript') {
      const { text } = transcriptPage(session, { offset: 0, limit: 4000, tail_lines: TAIL_LINES });
      return { text, mimeType: 'text/plain' };
    }
    const events = app.ledger.store.readAll({ stream: workerStream(session.id) });
    const lines = events
      .slice(-MAX_EVENTS)
      .map((event) => `${JSON.stringify(eventForHost(event, 'summary'))}\n`);
    return { text: lines.join(''), mimeType: 'application/x-ndjson' };
  }
  switch (uri) {
    case 'agentpool://onboarding':
      return { text: skillBody(), mimeType: markdown };
    case 'agentpool://skill.md':
      return { text: readSkill(skillNamed('agentpool'), { full: false }).text, mimeType: markdown };
    case PREFERENCES_URI:
      return {
        text: readPreferences(app.paths.preferences, { text: true }).text ?? '',
        mimeType: markdown,
      };
    case 'agentpool://usage':
      return asJson(await knownUsage(app));
    case 'agentpool://sessions': {
      const { coordinator } = app;
      const { sessions, total } = listSessions(app.ledger, { coordinator, limit: 50, offset: 0 });
      const found = sessions.map((row) => sessionForHost(withFiles(app.paths.artifacts, row)));
      return asJson({ coordinator_id: coordinator, total, sessions: found });
    }
    default:
      throw unknownResource(uri);
  }
}

const asJson = (value: object) => ({ text: JSON.stringify(value), mimeType: json });

async function knownUsage(app: AppContext) {
  const request = { providers: null, backend: 'combined', interactive: false, refresh: false } as const;
  const { providers, ...rest } = await usageSummaryOf(app, request);
  const rows = Object.entries(providers).map(([id, row]) => [id, usageForHost(row)]);
  return { ...rest, providers: Object.fromEntries(rows) };
}

const MAX_COMPLETIONS = 100;

/** The completions of an argument: session ids, the newest first, and provider ids. */
export function completionsOf(app: AppContext, argument: string, prefix: string) {
  const all =
    argument === 'provider_id'
      ? providerIds(app.config)
      : argument === 'session_id'
        ? listSessions(app.ledger, { coordinator: null, limit: 1000, offset: 0 }).sessions.map(({ id }) => id)
        : [];
  const matching = all.filter((value) => value.startsWith(prefix));
  const values = matching.slice(0, MAX_COMPLETIONS);
  return { completion: { values, total: matching.length, hasMore: matching.length > values.length } };
}
