import type { ReadResourceResult, Resource, ResourceTemplate } from '@modelcontextprotocol/sdk/types.js';
import { PREFERENCES_URI, readPreferences } from '../config/preferences.ts';
import { providerIds } from '../config/provider-ids.ts';
import { AgentPoolError } from '../events/errors.ts';
import { readSkill, skillBody, skillNamed } from '../hosts/skills.ts';
import { workerStream } from '../machines/worker.ts';
import { listSessions } from '../projections/session-queries.ts';
import { usageSummary } from '../usage/summary.ts';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { artifactManifest } from '../workspace/artifacts.ts';
import { toldEvent } from './toolsets/ledger.ts';
import { transcriptPage } from './toolsets/observing.ts';
import { lockedOut, toldSession, toldUsage } from './untrusted.ts';

const json = 'application/json';
const markdown = 'text/markdown';

export const resources: Resource[] = [
  {
    uri: 'agentpool://onboarding',
    name: 'onboarding',
    description: 'How to delegate, in six steps',
    mimeType: markdown,
  },
  {
    uri: 'agentpool://skill.md',
    name: 'skill.md',
    description: 'The same as a skill file',
    mimeType: markdown,
  },
  {
    uri: PREFERENCES_URI,
    name: 'preferences.md',
    description: 'When the user wants you to delegate, and to whom',
    mimeType: markdown,
  },
  {
    uri: 'agentpool://usage',
    name: 'usage',
    description: 'What is left of every subscription',
    mimeType: json,
  },
  {
    uri: 'agentpool://sessions',
    name: 'sessions',
    description: 'The workers of this server',
    mimeType: json,
  },
];

const ofWorkers = [
  {
    uriTemplate: 'agentpool://sessions/{session_id}/transcript',
    name: 'transcript',
    description: 'The end of what a worker printed: untrusted, fenced',
    mimeType: 'text/plain',
    onlyWorkerText: true,
  },
  {
    uriTemplate: 'agentpool://sessions/{session_id}/events',
    name: 'events',
    description: "A worker's events, without what it wrote",
    mimeType: 'application/x-ndjson',
    onlyWorkerText: false,
  },
  {
    uriTemplate: 'agentpool://artifacts/{session_id}',
    name: 'artifacts',
    description: 'The files that are kept of a worker',
    mimeType: json,
    onlyWorkerText: false,
  },
];

export const resourceTemplates = (lockdown: boolean): ResourceTemplate[] =>
  ofWorkers
    .filter(({ onlyWorkerText }) => !(lockdown && onlyWorkerText))
    .map(({ onlyWorkerText: _, ...template }) => template);

export const unknownResource = (uri: string) =>
  new AgentPoolError(
    'UNKNOWN_RESOURCE',
    `There is no resource ${uri}. There are: ${[...resources, ...ofWorkers.map(({ uriTemplate: uri }) => ({ uri }))].map((each) => each.uri).join(', ')}.`,
  );

/** The worker, and which of its resources, that a URI names; null where it names another resource. */
export function workerResource(uri: string): { kind: string; session: string } | null {
  const [, session, kind] = /^agentpool:\/\/sessions\/([^/]+)\/(transcript|events)$/.exec(uri) ?? [];
  if (session && kind) return { kind, session: decodeURIComponent(session) };
  const [, owner] = /^agentpool:\/\/artifacts\/([^/]+)$/.exec(uri) ?? [];
  return owner ? { kind: 'artifacts', session: decodeURIComponent(owner) } : null;
}

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
    const lines = events.map((event) => `${JSON.stringify(toldEvent(event, 'summary'))}\n`);
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
