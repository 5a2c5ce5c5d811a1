import { readFileSync } from 'node:fs';
import Type, { type Static } from 'typebox';
import { ruleLayers, screenRules } from '../../agents/screen-rules.ts';
import { fullProviderId } from '../../config/provider-ids.ts';
import { WorkerState } from '../../events/catalogue/worker-shapes.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { instant, list, noted, nullable, text } from '../../lib/shapes.ts';
import { shell } from '../../lib/text/shell.ts';
import { workerStream } from '../../machines/worker/state.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { Classification } from '../../terminal/detection/classification-schema.ts';
import { classify } from '../../terminal/detection/classify.ts';
import { GENERAL, ruleProviders } from '../../terminal/detection/rules/load.ts';
import { type Score, score } from '../../terminal/detection/scoring/score.ts';
import { screenFromText } from '../../terminal/detection/screen/screen-from-text.ts';
import { moveWords } from '../../terminal/motion/words.ts';
import { redactDeep } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from '../core/context.ts';
import { launchFolder } from '../core/launch-folder.ts';
import { screenReader } from '../sight/look.ts';
import { watchMotion } from '../sight/motion/watch-motion.ts';
import { eventOf } from '../sight/screen-meaning.ts';
import { readSignals } from '../sight/signals/spool.ts';

const LastTransition = Type.Object({
  at: instant,
  from: WorkerState,
  to: WorkerState,
  observe_event: text,
  source: noted(text, 'screen, title, signal, motion or exit.'),
  rule: text,
  evidence: list(text),
});
type LastTransition = Static<typeof LastTransition>;

/** Why a worker has its state: what its screen shows, by which rule, and what else matched. */
export const Explanation = Type.Object(
  {
    session_id: nullable(text),
    provider_id: text,
    state: noted(nullable(WorkerState), 'The state in the ledger; null for a screen from a file.'),
    observe_event: noted(text, 'What this screen means to an observer: `none` if no rule matches it.'),
    last_transition: noted(
      nullable(LastTransition),
      'How the state in the ledger came about; null if nothing was observed yet.',
    ),
    signals: noted(
      list(Type.Object({ kind: text, at: instant })),
      'The last signals of the agent itself, with their times.',
    ),
    moved: noted(
      nullable(list(Type.Object({ what: text, row: noted(text, 'The newest row that moved so.') }))),
      'What moved while the screen was watched for a second, and where; null for a screen from a file.',
    ),
    ...Classification.properties,
  },
  { title: 'Explanation', description: 'Why a screen is classified as it is.' },
);
export type Explanation = Static<typeof Explanation>;

/** Explains a worker by its current screen. @throws SESSION_ENDED if it has none any more. */
export async function explainWorker(app: AppContext, session: SessionRow): Promise<Explanation> {
  if (session.state === 'QUEUED')
    throw new AgentPoolError('SESSION_QUEUED', `${session.id} waits in the queue: it has no screen yet.`, {
      session_id: session.id,
      example: 'agentpool queue',
    });
  if (session.alive !== 1) {
    throw new AgentPoolError(
      'SESSION_ENDED',
      `${session.id} has ended (${session.state}): it has no screen.`,
      {
        session_id: session.id,
        example: shell`agentpool replay ${session.id}`,
      },
    );
  }
  const { reading, moved } = await watchMotion(screenReader(app, session));
  const { classification } = reading;
  return redactDeep({
    session_id: session.id,
    provider_id: session.provider_id,
    state: session.state,
    observe_event: eventOf(classification),
    last_transition: lastTransition(app, session.id),
    signals: readSignals(launchFolder(app, session.id))
      .slice(-10)
      .map(({ kind, at }) => ({ kind, at: new Date(at).toISOString() })),
    moved: moved.map((moment) => ({ what: moveWords(moment), row: moment.row.trim() })),
    ...classification,
  });
}

function lastTransition(app: AppContext, id: string): LastTransition | null {
  const stream = workerStream(id);
  let last: LastTransition | null = null;
  for (const event of app.ledger.events({ stream, types: ['worker.transitioned'] })) {
    if (event.type !== 'worker.transitioned') continue;
    const { from, state: to, observe_event, source, rule, evidence } = event.data;
    last = { at: event.occurred_at, from, to, observe_event, source, rule, evidence };
  }
  return last;
}

/** Explains a captured screen (`tmux capture-pane -p`, with or without -e). */
export function explainScreen(
  detectors: string,
  { provider: name, file, title }: { provider: string; file: string; title: string },
): Explanation {
  const provider = rulesNamed(name, detectors);
  const screen = screenFromText(readScreen(file), { title });
  const classification = classify(screen, screenRules(provider, detectors));
  return {
    session_id: null,
    provider_id: provider,
    state: null,
    observe_event: eventOf(classification),
    last_transition: null,
    signals: [],
    moved: null,
    ...classification,
  };
}

/** How well the rules classify a folder of labelled screens. */
export const scoreScreens = (detectors: string, folder: string, { general }: { general: boolean }): Score =>
  score(folder, (provider) => screenRules(general ? GENERAL : provider, detectors));

/** The provider id, short or full, as the rules name it. @throws PROVIDER_NOT_FOUND. */
function rulesNamed(name: string, detectors: string): string {
  const known = ruleProviders(ruleLayers(detectors));
  const provider = fullProviderId(
    name,
    known.map((id) => ({ id })),
  );
  if (known.includes(provider)) return provider;
  throw new AgentPoolError(
    'PROVIDER_NOT_FOUND',
    `There are no rules for ${name}. Known: ${known.join(', ')}.`,
    { provider_id: name, example: 'agentpool detectors list' },
  );
}

function readScreen(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new AgentPoolError(
      'SCREEN_NOT_READ',
      `${file} cannot be read: ${code}.`,
      { file, example: 'agentpool explain --provider claude-code --screen screen.txt' },
      { cause: error },
    );
  }
}
