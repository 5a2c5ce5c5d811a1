import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Followed } from '../../contract/launch.ts';
import type { SignalKind } from '../../contract/signal-kinds.ts';

/** Where one OpenCode serves its events: a server of its own on 127.0.0.1, behind a password made for it. */
export interface EventAddress {
  port: number;
  user: string;
  password: string;
}

/** The launch file that holds the address. */
export const EVENTS_FILE = 'opencode-events.json';

/** OpenCode serves a moment after its start; one that has ended is closed by its follower. */
const AGAIN_MS = 500;

/**
 * Follows `GET /event` (server-sent events) of the OpenCode that runs beside its TUI, and reports what its own session
 * does; the sessions of its subagents begin and end within that turn. Only reads. Seen with 1.18.33.
 */
export function followOpencode(
  { folder }: Followed,
  onSignal: (kind: SignalKind) => void,
): { close(): void } {
  const address = addressIn(folder);
  const over = new AbortController();
  if (address) void follow(address, new Meanings(onSignal), over.signal);
  return { close: () => over.abort() };
}

async function follow(address: EventAddress, meanings: Meanings, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    try {
      await listen(address, meanings, over);
    } catch {
      // Not there yet, or gone: the screen shows the rest.
    }
    // Ends at once for a signal that has fired, and leaves no listener behind.
    await sleep(AGAIN_MS, undefined, { signal: over }).catch(() => {});
  }
}

async function listen({ port, user, password }: EventAddress, meanings: Meanings, signal: AbortSignal) {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const response = await fetch(`http://127.0.0.1:${port}/event`, { headers: { authorization }, signal });
  if (!response.ok || !response.body) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body) {
    rest += decoder.decode(bytes, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) meanings.read(line.slice('data: '.length));
  }
}

interface OpencodeEvent {
  type?: string;
  properties?: { sessionID?: string; status?: { type?: string }; info?: { id?: string; parentID?: string } };
}

/** What the events say of the turn. A dialog of a subagent is shown to the user like one of the session itself. */
export class Meanings {
  readonly #onSignal: (kind: SignalKind) => void;
  readonly #subagents = new Set<string>();
  #last: SignalKind | null = null;

  constructor(onSignal: (kind: SignalKind) => void) {
    this.#onSignal = onSignal;
  }

  read(json: string): void {
    const kind = this.#meant(parsed(json));
    // Every step of a turn reports busy again.
    if (kind && kind !== this.#last) this.#onSignal(kind);
    this.#last = kind ?? this.#last;
  }

  #meant({ type, properties = {} }: OpencodeEvent): SignalKind | null {
    const { sessionID = '', status, info } = properties;
    switch (type) {
      case 'session.created':
        if (info?.parentID) this.#subagents.add(info.id ?? '');
        return null;
      case 'session.status':
        if (this.#subagents.has(sessionID)) return null;
        return status?.type === 'idle' ? 'turn_ended' : 'turn_started';
      case 'permission.asked':
        return 'approval_wanted';
      case 'question.asked':
        return 'question_asked';
      default:
        return null;
    }
  }
}

function parsed(json: string): OpencodeEvent {
  try {
    return JSON.parse(json) as OpencodeEvent;
  } catch {
    return {};
  }
}

function addressIn(folder: string): EventAddress | null {
  try {
    return JSON.parse(readFileSync(join(folder, EVENTS_FILE), 'utf8')) as EventAddress;
  } catch {
    return null;
  }
}
