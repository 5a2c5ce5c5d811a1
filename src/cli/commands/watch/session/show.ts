import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { Delivery } from '../../../../events/catalogue/worker.ts';
import { WorkerState } from '../../../../events/catalogue/worker-shapes.ts';
import { count, instant, list, noted, nullable, text } from '../../../../lib/shapes.ts';
import { shell } from '../../../../lib/text/shell.ts';
import { span } from '../../../../lib/time/duration.ts';
import { workerStream } from '../../../../machines/worker/state.ts';
import { sessionJson } from '../../../../projections/sessions/json.ts';
import { chainOf } from '../../../../projections/sessions/lineage.ts';
import { Session, Stay } from '../../../../projections/sessions/schema.ts';
import { staysOf } from '../../../../projections/sessions/timeline.ts';
import { troublesIn } from '../../../../projections/troubles.ts';
import { plainRecord } from '../../../../report/text/plain.ts';
import { stateLabel } from '../../../../report/text/style.ts';
import { local } from '../../../../report/text/time.ts';
import { tokensInWords } from '../../../../report/views/history/tokens.ts';
import { watchFaultLine } from '../../../../report/views/workers/observed.ts';
import { parkedWords } from '../../../../report/views/workers/parked.ts';
import { WorkerTokens } from '../../../../usage/tokens/tokens-schema.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { inItsLog, type WithItsLog } from '../../../../workers/queries/fleet/in-its-log.ts';
import { tokensAtOnce } from '../../../../workers/queries/tokens.ts';
import { DialogShown } from '../../../../workers/sight/dialogs/dialog.ts';
import { mayAsk, openDialog } from '../../../../workers/sight/dialogs/open-dialog.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag, worker } from '../../../grammar/option.ts';
import { wordsForPerson } from '../../../workers/terminal/at-a-terminal.ts';

export const SessionShow = Type.Object(
  {
    session: Session,
    timeline: noted(list(Stay), 'Its states in their order.'),
    last_message: noted(
      nullable(
        Type.Object({
          event_id: noted(count, 'The position of the message event in the log.'),
          sent_at: instant,
          delivery: noted(nullable(Delivery), 'Null while its sender has not recorded what became of it.'),
          reason: nullable(text),
        }),
      ),
      'The newest message to it; null if it got none after its task.',
    ),
    dialog: noted(nullable(DialogShown), 'The dialog that waits on its screen now; null if there is none.'),
    chain: noted(
      list(Type.Object({ id: text, provider_id: text, model: nullable(text), state: WorkerState })),
      'The workers that had the work, oldest first; only this one if it was never handed over.',
    ),
    tokens: noted(nullable(WorkerTokens), 'What its agent wrote of its tokens; null where nothing is known.'),
    machine: Type.Optional(
      noted(
        Type.Object({
          name: text,
          machine_id: text,
          clock_ahead_ms: noted(
            Type.Integer(),
            'How far its clock, which all times are by, is ahead of the one here.',
          ),
        }),
        'Only for a worker of another machine: this is its history, as far as it is here.',
      ),
    ),
  },
  { description: 'One worker: what it was asked, and how long it was in which state.' },
);
export type SessionShow = Static<typeof SessionShow>;

export default class Show extends LedgerCommand<SessionShow> {
  static override paths = [['session', 'show']];
  static override report = SessionShow;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'Show one worker in full: its task, its folder and its states',
    examples: [['Show the newest', '$0 session show @last']],
  });

  session = worker();
  override plain = plainFlag();
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    await inItsLog(app, this.session, async (found) => {
      const { session: row } = found;
      const isHere = found.machine === null;
      const words = isHere ? await wordsForPerson(this, app, row) : null;
      await this.show(
        {
          ...historyOf(found),
          dialog: isHere && mayAsk(row) ? await openDialog(app, row, { words: true }) : null,
          tokens: isHere ? await tokensAtOnce(app, row.id) : null,
        },
        (shown) => [this.#facts(shown), ...(words?.lines ?? [])].join('\n'),
        ({ session }) => factsOf(session).map(([key, value]) => plainRecord(key, value)),
      );
    });
  }

  #facts({ session, timeline, last_message: message, tokens, chain, machine }: SessionShow): string {
    return [
      `${session.id}  ${stateLabel(session.state, this.context.stdout)}`,
      ...factsOf(session)
        .filter(([key]) => key !== 'id' && key !== 'state')
        .map(([key, value]) => `  ${key.padEnd(16)} ${value}`),
      ...(machine ? [`  ${'machine'.padEnd(16)} ${machineWords(machine)}`] : []),
      ...(session.parked ? [`  ${'parked'.padEnd(16)} ${parkedWords(session.parked, new Date())}`] : []),
      ...(session.watch_fault ? [watchFaultLine(session.watch_fault)] : []),
      ...(session.warnings ?? []).map((warning) => `  ! ${warning}`),
      ...(message ? [`  ${'last message'.padEnd(16)} ${messageInWords(message)}`] : []),
      ...(session.resumable && !machine
        ? [`  ${'go on with it'.padEnd(16)} ${shell`agentpool resume ${session.id}`}`]
        : []),
      ...(tokens ? [`  ${'tokens'.padEnd(16)} ${tokensInWords(tokens)}`] : []),
      ...(chain.length > 1 ? ['', '  the work went on:', ...this.#chain(chain, session.id)] : []),
      '',
      ...timeline.map((stay) => this.#stay(stay)),
    ].join('\n');
  }

  #chain(chain: SessionShow['chain'], shown: string): string[] {
    return chain.map(({ id, provider_id, model, state }, index) => {
      const branch = index === 0 ? '' : `${'   '.repeat(index - 1)}└─ `;
      const who = model === null ? provider_id : `${provider_id} (${model})`;
      const mark = id === shown ? '  <- this one' : '';
      return `    ${branch}${id}  ${who}  ${stateLabel(state, this.context.stdout)}${mark}`;
    });
  }

  #stay({ state, entered_at, exited_at, because }: Stay): string {
    const now = new Date();
    const until = exited_at === null ? now : new Date(exited_at);
    const ms = until.getTime() - new Date(entered_at).getTime();
    return `  ${local(entered_at, now)}  ${state.padEnd(19)} ${span(ms).padStart(7)}  ${because}`;
  }
}

/** What the log has of a worker, without what its terminal and its files show. */
function historyOf({ app, session: row, machine }: WithItsLog): Omit<SessionShow, 'dialog' | 'tokens'> {
  return {
    session: sessionJson(row, troublesIn(app.ledger)(row.id)),
    timeline: staysOf(app.ledger.stream(workerStream(row.id))),
    last_message: lastMessage(app, row.id),
    chain: chainOf(app.ledger, row).map(({ id, provider_id, model, state }) => ({
      id,
      provider_id,
      model,
      state,
    })),
    ...(machine && {
      machine: { name: machine.name, machine_id: machine.machineId, clock_ahead_ms: -machine.shiftMs },
    }),
  };
}

function machineWords({ name, clock_ahead_ms: ahead }: NonNullable<SessionShow['machine']>): string {
  if (ahead === 0) return name;
  return `${name}, whose clock is ${span(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}: times are by it`;
}

type LastMessage = NonNullable<SessionShow['last_message']>;

function lastMessage(app: AppContext, id: string): LastMessage | null {
  let newest: (LastMessage & { sent_event_id: string }) | null = null;
  for (const { event_id, position, occurred_at, ...event } of app.ledger.stream(workerStream(id))) {
    if (event.type === 'worker.message_sent')
      newest = {
        sent_event_id: event_id,
        event_id: position,
        sent_at: occurred_at,
        delivery: null,
        reason: null,
      };
    if (event.type === 'worker.message_delivered' && event.data.sent_event_id === newest?.sent_event_id)
      newest = { ...newest, delivery: event.data.delivery, reason: event.data.reason };
  }
  if (newest === null) return null;
  const { sent_event_id: _, ...message } = newest;
  return message;
}

const messageInWords = ({ delivery, reason }: LastMessage): string =>
  delivery === null
    ? 'not known yet: its sender types it, or was ended'
    : [delivery, reason].filter(Boolean).join(': ');

const factsOf = (session: SessionShow['session']): [string, unknown][] =>
  Object.entries(session).filter(([, value]) => value !== null && typeof value !== 'object');
