import { AGENT_IDS } from '../../config/provider-ids.ts';
import { observeEvents, workerStates } from '../../events/catalogue/words.ts';
import { details } from '../../workers/core/details.ts';
import { sections } from '../../workers/queries/stats/shape.ts';
import type { Declaration } from './option.ts';
import type { CompletionSource, GrammarValue } from './schema.ts';

interface Known {
  name: string;
  source?: CompletionSource;
  words?: readonly string[];
}

const session: Known = { name: 'SESSION', source: 'session' };
const file: Known = { name: 'FILE', source: 'file' };
const folder: Known = { name: 'FOLDER', source: 'folder' };
const prose: Known = { name: 'TEXT', source: 'prose' };
const seconds: Known = { name: 'SECONDS', source: 'number' };

/** The values of options and arguments by name, for every command. The value of any other is named after its option. */
const known: Record<string, Known> = {
  SESSION: session,
  '--session': session,
  '--before': session,
  '--session-id': session,
  '--provider': { name: 'PROVIDER', source: 'provider' },
  '--model': { name: 'MODEL', source: 'model' },
  FILE: file,
  '--file': file,
  '--path': file,
  '--share': file,
  '--screen': file,
  '--output': file,
  '--task-file': file,
  '--tasks': file,
  '--allowed-file': file,
  '--repo': folder,
  '--screens': folder,
  '--timeout': seconds,
  '--ttl-seconds': seconds,
  '--max-runtime-seconds': seconds,
  '--lease-id': { name: 'ID' },
  '--state': { name: 'STATE', words: workerStates },
  '--detail': { name: 'DETAIL', words: details },
  '--wait': { name: 'EVENTS', words: [...observeEvents, 'any'] },
  '--wait-for': { name: 'EVENTS', words: [...observeEvents, 'any'] },
  '--scope': { name: 'SCOPE', words: ['mine', 'all'] },
  '--sections': { name: 'SECTIONS', words: sections },
  '--role': { name: 'ROLE', words: ['explorer', 'reviewer', 'implementer'] },
  '--supervision': { name: 'WORD', words: ['interactive', 'autonomous'] },
  '--runtime': { name: 'RUNTIME', words: ['tmux'] },
  '--by': { name: 'UNIT' },
  '--initial-prompt-mode': { name: 'MODE' },
  '--reasoning-effort': { name: 'EFFORT' },
  '--service-tier': { name: 'TIER' },
  '--on-limit': { name: 'ACTION', words: ['stop', 'wait', ...AGENT_IDS] },
  '--wait-at-most': { name: 'DURATION' },
  '--not-before': { name: 'TIME' },
  '--deadline': { name: 'TIME' },
  '--since': { name: 'WINDOW' },
  '--from': { name: 'WHEN' },
  '--to': { name: 'WHEN' },
  '--at': { name: 'WHEN' },
  '--task': prose,
  '--title': prose,
  MESSAGE: { name: 'MESSAGE', source: 'prose' },
};

/** The value of an option or argument of that name, within the limits of its declaration. */
export function valueNamed(
  name: string,
  { words, strict = false, min, max }: Declaration['takes'],
): GrammarValue {
  const reported = known[name];
  const allowed = words ?? reported?.words ?? null;
  return {
    name: reported?.name ?? (min === undefined ? nameOf(name) : 'N'),
    source: min === undefined ? (reported?.source ?? 'word') : 'number',
    words: allowed && [...allowed],
    strict,
    min: min ?? null,
    max: max ?? null,
  };
}

const nameOf = (name: string): string =>
  name.startsWith('-') ? name.replace(/^-+/, '').replaceAll('-', '_').toUpperCase() : name;
