import Type, { type Static } from 'typebox';
import { ObserveEvent, WorkerState } from '../events/catalogue/worker.ts';
import { AgentPoolError } from '../events/errors.ts';
import { flag, list, noted, nullable, text } from '../events/shapes.ts';
import type { SessionRow } from '../projections/session-queries.ts';
import { answerDialog } from './answer.ts';
import { collectWorker } from './collect.ts';
import { dialogOf } from './dialog.ts';
import type { House } from './house.ts';
import { lookerAt } from './look.ts';
import { sessionNamed } from './named-session.ts';
import { awaitWorker, type Seen } from './observe.ts';
import { sendMessage } from './send.ts';
import { spawnWorker } from './spawn.ts';
import { startupAnswer } from './startup-answers.ts';
import { terminateWorker } from './terminate.ts';
import { awaitedBy } from './wait-for.ts';
import { watchHere } from './watch-here.ts';

export interface SmokeWish {
  provider: string;
  repo: string;
  model: string | null;
  timeoutSeconds: number;
  /** Whether its question for trust in this folder is answered with yes. */
  acceptTrust: boolean;
  /** Told what is being done, in plain words, while it happens. */
  say(step: string): void;
}

export const Smoke = Type.Object(
  {
    ok: flag,
    provider_id: text,
    session_id: text,
    question_event: noted(nullable(ObserveEvent), 'Null where it asked nothing.'),
    question_state: nullable(WorkerState),
    send: noted(flag, 'Whether it was answered.'),
    completed_event: ObserveEvent,
    completed_state: WorkerState,
    artifact_dir: text,
    artifact_kinds: list(text),
    git_dirty: flag,
  },
  { description: 'How the whole life of one worker went. The exit code is 1 where it did not complete.' },
);
export type Smoke = Static<typeof Smoke>;

/** The whole life of one worker, read-only: spawn, question and answer where it asks one, completion, collect, terminate. */
export async function smoke(house: House, wish: SmokeWish): Promise<Smoke> {
  const { say } = wish;
  const id = await spawnWorker(house, request(wish));
  say(`spawned ${id}: ${wish.provider} in ${wish.repo}, read only`);
  const here = await watchHere(house, sessionNamed(house, id));
  try {
    const first = await seeFirst(house, id, wish);
    say(`saw ${first.event} (${first.turn.state})`);
    const asked = first.event === 'question' || first.event === 'approval_prompt';
    if (asked) {
      say(`answered: ${await answer(house, sessionNamed(house, id), first.event)}`);
    }
    const last = asked ? await see(house, id, 'completed', wish) : first;
    say(`saw ${last.event} (${last.turn.state})`);
    const collected = await collectWorker(house, sessionNamed(house, id), 'summary');
    say(`collected ${collected.artifacts.map(({ kind }) => kind).join(', ')}`);
    return {
      ok: last.event === 'completed',
      provider_id: wish.provider,
      session_id: id,
      question_event: asked ? first.event : null,
      question_state: asked ? first.turn.state : null,
      send: asked,
      completed_event: last.event,
      completed_state: last.turn.state,
      artifact_dir: collected.artifact_dir,
      artifact_kinds: collected.artifacts.map(({ kind }) => kind),
      git_dirty: collected.git.dirty,
    };
  } finally {
    await here?.close();
    const { ended } = await terminateWorker(house, sessionNamed(house, id));
    say(`ended it and ${ended.length} ${ended.length === 1 ? 'process' : 'processes'}`);
  }
}

const STARTUP_DIALOGS = 4;

/** What it shows once its start is settled. Trust in the folder that it was spawned in is given; nothing else is. */
async function seeFirst(house: House, id: string, wish: SmokeWish): Promise<Seen> {
  for (let dialog = 0; ; dialog++) {
    const seen = await see(house, id, 'question,approval,completed,error', wish);
    if (seen.moment?.readiness !== 'waiting_on_startup_prompt') return seen;
    const [name = 'a dialog'] = seen.moment.warnings;
    const session = sessionNamed(house, id);
    const { judgement } = await lookerAt(house, session)();
    const choice = wish.acceptTrust ? startupAnswer({ trust: 'accept', update: 'skip' }, judgement) : null;
    if (!choice || dialog >= STARTUP_DIALOGS) throw startupWaits(wish.provider, id, name);
    await answerDialog(house, session, { choice: String(choice.number), text: null });
    wish.say(`answered ${name}: ${choice.label}`);
  }
}

const startupWaits = (provider: string, id: string, name: string) =>
  new AgentPoolError('SMOKE_NEEDS_A_PERSON', `${provider} waits at ${name} and is left to you.`, {
    session_id: id,
    dialog: name,
    example: `agentpool spawn --provider ${provider} --task "Look around" && agentpool attach @last`,
  });

/** The first choice of a question, the last (a no) of an approval; in prose, a message. */
async function answer(house: House, session: SessionRow, event: ObserveEvent): Promise<string> {
  const dialog = dialogOf((await lookerAt(house, session)()).judgement);
  if (dialog) {
    const choice = event === 'question' ? dialog.choices[0] : dialog.choices.at(-1);
    return (await answerDialog(house, session, { choice: String(choice?.number), text: null })).delivery;
  }
  const text = event === 'question' ? 'the migrations first' : 'y';
  return (await sendMessage(house, session, text)).delivery;
}

async function see(
  house: House,
  id: string,
  what: string,
  { timeoutSeconds, provider }: SmokeWish,
): Promise<Seen> {
  const seen = await awaitWorker(house, sessionNamed(house, id), awaitedBy([what]), {
    seconds: timeoutSeconds,
    signal: new AbortController().signal,
  });
  if (seen.event !== 'timeout') return seen;
  throw new AgentPoolError(
    'SMOKE_TIMEOUT',
    `${provider} showed no ${what} within ${timeoutSeconds} s; it is ${seen.turn.state}.`,
    {
      session_id: id,
      example: `agentpool transcript ${id} --tail-lines 40`,
    },
  );
}

function request({ provider, repo, model, timeoutSeconds }: SmokeWish) {
  return {
    provider,
    repo,
    model,
    task: 'Look at this folder. Ask one question about it, then report in one sentence.',
    role: 'explorer',
    isolation: 'read_only',
    runtime: 'tmux',
    account: null,
    allowedFiles: [],
    maxRuntimeSeconds: timeoutSeconds * 3,
    maxTurns: null,
    supervision: 'interactive',
    promptMode: 'provider_default',
    reasoningEffort: null,
    serviceTier: null,
  } as const satisfies Parameters<typeof spawnWorker>[1];
}
