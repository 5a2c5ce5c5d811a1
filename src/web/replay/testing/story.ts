import type { DomainEvent, EventData } from '../../../events/catalogue/index.ts';
import type { GapJson } from '../../../events/chain/gap.ts';
import type { StoredEvent } from '../../../events/event.ts';
import type { EventStore } from '../../../events/store/store.ts';
import { freshStore } from '../../../events/testing/stores.ts';
import { pageOfLedger } from '../../../report/replay/gather.ts';
import { type PageParts, replayPage } from '../../../report/replay/page.ts';
import type { RecordedFrame, RecordingHead } from '../../../terminal/recording/format.ts';

export const START = Date.parse('2026-03-04T09:00:00.000Z');

export const instant = (seconds: number): string =>
  new Date(START + Math.round(seconds * 1000)).toISOString();

/** A ledger to which events are appended at moments in seconds after `START`. */
export class Story {
  readonly store: EventStore;
  #now = 0;

  constructor() {
    this.store = freshStore(undefined, () => new Date(START + this.#now * 1000));
  }

  at(seconds: number, session: string, ...events: DomainEvent[]): this {
    this.#now = seconds;
    this.store.append(`worker/${session}`, events, { actor: 'test' });
    return this;
  }

  /** Events of others, which a page bridges. */
  others(seconds: number, count: number): this {
    this.#now = seconds;
    const events = Array.from({ length: count }, () => watcherStopped);
    this.store.append('watcher', events, { actor: 'test' });
    return this;
  }

  /** A worker that was asked for, runs, and has its task. */
  begun(seconds: number, session: string, task = 'Limit the sign-in.'): this {
    return this.at(seconds, session, requested(session, task))
      .at(seconds + 0.2, session, started)
      .at(seconds + 0.3, session, promptDelivered);
  }

  parts(
    sessions: readonly string[],
    { recordings = {}, from = null, notes = [] }: PartsOptions = {},
  ): Promise<PageParts> {
    return pageOfLedger(this.store, {
      sessions,
      from,
      made: { by: 'agentpool test', at: new Date(START), zone: 'UTC' },
      notes,
      recordingOf: async (session) => recordings[session] ?? null,
    });
  }

  async page(sessions: readonly string[], options: PartsOptions = {}): Promise<string> {
    return replayPage(await this.parts(sessions, options));
  }
}

interface PartsOptions {
  recordings?: Record<string, string>;
  from?: Date | null;
  notes?: readonly string[];
}

const watcherStopped: DomainEvent = {
  type: 'watcher.stopped',
  data: { fence: 1, reason: 'secret of others' },
};

export const requested = (
  session: string,
  task: string,
  more: Partial<EventData<'worker.spawn_requested'>> = {},
): DomainEvent => ({
  type: 'worker.spawn_requested',
  data: {
    state: 'STARTING',
    provider_id: 'fake-question',
    harness: 'fake',
    model: null,
    account: null,
    role: 'explorer',
    task,
    runtime: 'tmux',
    isolation: 'read_only',
    repo_path: '/home/dev/shop',
    worktree: null,
    artifact_dir: `/home/dev/.agentpool/artifacts/${session}`,
    transcript_path: `/home/dev/.agentpool/artifacts/${session}/transcript.txt`,
    tmux_session: `agentpool-${session}`,
    coordinator_id: 'cli',
    supervision: 'interactive',
    initial_prompt_mode: 'arg',
    reasoning_effort: null,
    service_tier: null,
    allowed_files: [],
    max_runtime_seconds: null,
    max_turns: null,
    spawner: { pid: 41, started: '7' },
    capacity: {},
    deadline_at: null,
    ...more,
  },
});

const someProcess = { pid: 42, started: '7' };

export const started: DomainEvent = {
  type: 'worker.started',
  data: {
    state: 'READY',
    tmux: { session_name: 's', window: '@1', pane: '%1' },
    process: someProcess,
    server: someProcess,
    command: ['fake-question', '<prompt>'],
    adopted: false,
  },
};

export const promptDelivered: DomainEvent = {
  type: 'worker.prompt_delivered',
  data: { state: 'RUNNING', mode: 'arg', delivery: 'delivered', chars: 20 },
};

export const asked = (question: string, evidence: readonly string[] = [question]): DomainEvent => ({
  type: 'worker.transitioned',
  data: {
    from: 'RUNNING',
    state: 'AWAITING_USER_INPUT',
    observe_event: 'question',
    source: 'screen',
    rule: 'plain-question',
    evidence: [...evidence],
    confidence: 'observed',
    question,
    readiness: null,
    warnings: [],
  },
});

export const answered = (text: string): DomainEvent => ({
  type: 'worker.message_sent',
  data: { state: 'RUNNING', text, chars: text.length, turn: 2 },
});

export const completed: DomainEvent = {
  type: 'worker.transitioned',
  data: {
    from: 'RUNNING',
    state: 'COMPLETED',
    observe_event: 'completed',
    source: 'screen',
    rule: 'result_block',
    evidence: ['result'],
    confidence: 'observed',
    question: null,
    readiness: null,
    warnings: [],
  },
};

/** The lines of a recording that begins at a moment in seconds after `START`. */
export function recorded(
  session: string,
  seconds: number,
  frames: readonly RecordedFrame[],
  head: Partial<RecordingHead> = {},
): string {
  const first = {
    version: 1,
    session_id: session,
    run: 1,
    cols: 80,
    rows: 24,
    started_at: instant(seconds),
    ...head,
  };
  return [first, ...frames].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The events of a page after a change, with the page made again. */
export async function tampered(
  { data, recordings }: PageParts,
  change: (events: StoredEvent[], gaps: GapJson[]) => void,
): Promise<string> {
  const copy = structuredClone(data);
  change(copy.events, copy.gaps);
  return replayPage({ data: copy, recordings });
}
