import type { Resource, ResourceTemplate } from '@modelcontextprotocol/sdk/types.js';
import { PREFERENCES_URI } from '../../config/preferences.ts';
import { AgentPoolError } from '../../lib/errors.ts';

export const json = 'application/json';
export const markdown = 'text/markdown';

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
    description: 'When and to whom the user wants you to delegate',
    mimeType: markdown,
  },
  {
    uri: 'agentpool://usage',
    name: 'usage',
    description: 'How much of every subscription is left',
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

/** The worker and the kind of resource in a URI; null for another resource. */
export function workerResource(uri: string): { kind: string; session: string } | null {
  const [, session, kind] = /^agentpool:\/\/sessions\/([^/]+)\/(transcript|events)$/.exec(uri) ?? [];
  if (session && kind) return { kind, session: decodeName(session) };
  const [, owner] = /^agentpool:\/\/artifacts\/([^/]+)$/.exec(uri) ?? [];
  return owner ? { kind: 'artifacts', session: decodeName(owner) } : null;
}

/** Decodes a name from a URI. What cannot be decoded stays as it is and matches no session. */
function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}
