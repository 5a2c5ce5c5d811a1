import Type, { type Static } from 'typebox';
import { ObserveEvent } from '../../../events/catalogue/worker.ts';
import { WorkerState } from '../../../events/catalogue/worker-shapes.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { flag, list, noted, nullable, text } from '../../../lib/shapes.ts';
import { shell } from '../../../lib/text/shell.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { answerDialog } from '../../commands/answering/answer.ts';
import { terminateWorker } from '../../commands/ending/terminate.ts';
import { awaitWorker, type WaitOutcome } from '../../commands/observe.ts';
import { collectWorker } from '../../commands/results/collect.ts';
import { sendMessage } from '../../commands/sending/send.ts';
import { nothingMore } from '../../commands/spawning/options.ts';
import { spawnWorker } from '../../commands/spawning/spawn.ts';
import { startupAnswer } from '../../commands/spawning/startup-answers.ts';
import type { AppContext } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { dialogOf } from '../../sight/dialogs/dialog.ts';
import { screenReader } from '../../sight/look.ts';
import { parseWaitFor } from '../../sight/wait-for.ts';
import { watchHere } from '../in-process/watch-in-process.ts';

export interface SmokeOptions {
  provider: string;
  repo: string;
  model: string | null;
  timeoutSeconds: number;
  /** Whether to answer yes if it asks for trust in this folder. */
  acceptTrust: boolean;
  /** Receives each step as a line of text. */
  say(step: string): void;
}

export const Smoke = Type.Object(
  {
    ok: flag,
    provider_id: text,
    session_id: text,
    question_event: noted(nullable(ObserveEvent), 'Null if it asked nothing.'),
    question_state: nullable(WorkerState),
    send: noted(flag, 'Whether it was answered.'),
    completed_event: ObserveEvent,
    completed_state: WorkerState,
    artifact_dir: text,
    artifact_kinds: list(text),
    git_dirty: flag,
  },
  { description: 'The result of one worker from spawn to end. The exit code is 1 if it did not complete.' },
);
export type Smoke = Static<typeof Smoke>;

/** Runs one read-only worker from spawn to end: question and answer if it asks, completion, collect, terminate. */
export async function smoke(app: AppContext, options: SmokeOptions): Promise<Smoke> {
  const { say } = options;
  const id = await spawnWorker(app, request(options));
  say(`spawned ${id}: ${options.provider} in ${options.repo}, read-only`);
  const here = await watchHere(app, sessionNamed(app, id));
  try {
    const first = await seeFirst(app, id, options);
    say(`saw ${first.event} (${first.turn.state})`);
    const hasAsked = first.event === 'question' || first.event === 'approval_prompt';
    if (hasAsked) {
      say(`answered: ${await answer(app, sessionNamed(app, id), first.event)}`);
    }
    const last = hasAsked ? await see(app, id, 'completed', options) : first;
    say(`saw ${last.event} (${last.turn.state})`);
    const collected = await collectWorker(app, sessionNamed(app, id), 'summary');
    say(`collected ${collected.artifacts.map(({ kind }) => kind).join(', ')}`);
    return {
      ok: last.event === 'completed',
      provider_id: options.provider,
      session_id: id,
      question_event: hasAsked ? first.event : null,
      question_state: hasAsked ? first.turn.state : null,
      send: hasAsked,
      completed_event: last.event,
      completed_state: last.turn.state,
      artifact_dir: collected.artifact_dir,
      artifact_kinds: collected.artifacts.map(({ kind }) => kind),
      git_dirty: collected.git.dirty,
    };
  } finally {
    await here?.close();
    const { ended } = await terminateWorker(app, sessionNamed(app, id));
    say(`terminated it and ${ended.length} ${ended.length === 1 ? 'process' : 'processes'}`);
  }
}

const STARTUP_DIALOGS = 4;

/** The first observation after the startup dialogs. Accepts only trust in its folder, if the options allow it. */
async function seeFirst(app: AppContext, id: string, options: SmokeOptions): Promise<WaitOutcome> {
  for (let dialog = 0; ; dialog++) {
    const outcome = await see(app, id, 'question,approval,completed,error', options);
    if (outcome.moment?.readiness !== 'waiting_on_startup_prompt') return outcome;
    const [name = 'a dialog'] = outcome.moment.warnings;
    const session = sessionNamed(app, id);
    const { classification } = await screenReader(app, session)();
    const choice = options.acceptTrust
      ? startupAnswer({ trust: 'accept', update: 'skip' }, classification)
      : null;
    if (!choice || dialog >= STARTUP_DIALOGS) throw startupWaits(options.provider, id, name);
    const { startup } = classification;
    await answerDialog(app, session, { choice: choice.label, text: null, ...(startup ? { startup } : {}) });
    options.say(`answered ${name}: ${choice.label}`);
  }
}

const startupWaits = (provider: string, id: string, name: string) =>
  new AgentPoolError('SMOKE_NEEDS_A_PERSON', `${provider} waits at ${name}: only you may answer it.`, {
    session_id: id,
    dialog: name,
    example: shell`agentpool spawn --provider ${provider} --task "Look around" && agentpool attach @last`,
  });

/** The first choice of a question, the last (a no) of an approval; for prose, a message. */
async function answer(app: AppContext, session: SessionRow, event: ObserveEvent): Promise<string> {
  const dialog = dialogOf((await screenReader(app, session)()).classification);
  if (dialog && dialog.choices.length > 0) {
    const choice = event === 'question' ? dialog.choices[0] : dialog.choices.at(-1);
    return (await answerDialog(app, session, { choice: String(choice?.number), text: null })).delivery;
  }
  const text = event === 'question' ? 'the migrations first' : 'y';
  return (await sendMessage(app, session, text)).delivery;
}

async function see(
  app: AppContext,
  id: string,
  what: string,
  { timeoutSeconds, provider }: SmokeOptions,
): Promise<WaitOutcome> {
  const outcome = await awaitWorker(app, sessionNamed(app, id), parseWaitFor([what]), {
    seconds: timeoutSeconds,
    signal: new AbortController().signal,
  });
  if (outcome.event !== 'timeout') return outcome;
  throw new AgentPoolError(
    'SMOKE_TIMEOUT',
    `${provider} showed no ${what} within ${timeoutSeconds} s; it is ${outcome.turn.state}.`,
    {
      session_id: id,
      example: shell`agentpool transcript ${id} --tail-lines 40`,
    },
  );
}

function request({ provider, repo, model, timeoutSeconds }: SmokeOptions) {
  return {
    ...nothingMore(),
    provider,
    repo,
    model,
    task: 'Look at this folder. Ask one question about it, then report in one sentence.',
    role: 'explorer',
    isolation: 'read_only',
    account: null,
    maxRuntimeSeconds: timeoutSeconds * 3,
  } as const satisfies Parameters<typeof spawnWorker>[1];
}
