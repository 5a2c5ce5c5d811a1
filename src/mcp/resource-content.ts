import type { ReadResourceResult } from '@modelcontextprotocol/sdk/types.js';
import { PREFERENCES_URI, readPreferences } from '../config/preferences.ts';
import { providerIds } from '../config/provider-ids.ts';
import { readSkill, skillBody, skillNamed } from '../hosts/skills.ts';
import { workerStream } from '../machines/worker.ts';
import { listSessions } from '../projections/session-queries.ts';
import { usageSummary } from '../usage/summary.ts';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { artifactManifest } from '../workspace/artifacts.ts';

import { json, markdown, unknownResource, workerResource } from './resources.ts';
import { toldEvent } from './told-history.ts';
import { transcriptPage } from './toolsets/observing.ts';
import { lockedOut, toldSession, toldUsage } from './untrusted.ts';

/** What stands in a resource now. Throws UNKNOWN_RESOURCE, LOCKDOWN, and what `sessionNamed` throws. */
export async function readResource(
  house: House,
  uri: string,
  lockdown: boolean,
): Promise<ReadResourceResult> {
  const { text, mimeType } = await contentOf(house, uri, lockdown);
  return { contents: [{ uri, mimeType, text }] };
}

const TAIL_LINES = 200;
/** The last of a worker's events; list_events pages through all of them. */
const MOST_EVENTS = 1000;

async function contentOf(house: House, uri: string, lockdown: boolean) {
  const worker = workerResource(uri);
  if (worker) {
    if (lockdown && worker.kind === 'transcript') throw lockedOut();
    const session = sessionNamed(house, worker.session);
    if (worker.kind === 'artifacts') return told(await artifactManifest(session.artifact_dir));
    if (worker.kind === 'transcript') {
      const { text } = transcriptPage(session, { offset: 0, limit: 4000, tail_lines: TAIL_LINES });
      return { text, mimeType: 'text/plain' };
    }
    const events = house.ledger.store.readAll({ stream: workerStream(session.id) });
    const lines = events
      .slice(-MOST_EVENTS)
      .map((event) => `${JSON.stringify(toldEvent(event, 'summary'))}\n`);
    return { text: lines.join(''), mimeType: 'application/x-ndjson' };
  }
  switch (uri) {
    case 'agentpool://onboarding':
      return { text: skillBody(), mimeType: markdown };
    case 'agentpool://skill.md':
      return { text: readSkill(skillNamed('agentpool'), { full: false }).text, mimeType: markdown };
    case PREFERENCES_URI:
      return {
        text: readPreferences(house.paths.preferences, { text: true }).text ?? '',
        mimeType: markdown,
      };
    case 'agentpool://usage':
      return told(await knownUsage(house));
    case 'agentpool://sessions': {
      const { coordinator } = house;
      const { sessions, total } = listSessions(house.ledger, { coordinator, limit: 50, offset: 0 });
      return told({ coordinator_id: coordinator, total, sessions: sessions.map(toldSession) });
    }
    default:
      throw unknownResource(uri);
  }
}

const told = (value: object) => ({ text: JSON.stringify(value), mimeType: json });

async function knownUsage(house: House) {
  const wish = { providers: null, backend: 'combined', interactive: false, refresh: false } as const;
  const { providers, ...rest } = await usageSummary(house, wish);
  const rows = Object.entries(providers).map(([id, row]) => [id, toldUsage(row)]);
  return { ...rest, providers: Object.fromEntries(rows) };
}

const MOST_COMPLETIONS = 100;

/** The values that an argument may be completed to: ids of sessions, the newest first, and of providers. */
export function completionsOf(house: House, argument: string, begun: string) {
  const all =
    argument === 'provider_id'
      ? providerIds(house.config)
      : argument === 'session_id'
        ? listSessions(house.ledger, { coordinator: null, limit: 1000, offset: 0 }).sessions.map(
            ({ id }) => id,
          )
        : [];
  const fitting = all.filter((value) => value.startsWith(begun));
  const values = fitting.slice(0, MOST_COMPLETIONS);
  return { completion: { values, total: fitting.length, hasMore: fitting.length > values.length } };
}
