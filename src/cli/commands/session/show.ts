import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { list, noted, nullable } from '../../../lib/shapes.ts';
import { span } from '../../../lib/time/duration.ts';
import { sessionJson } from '../../../projections/sessions/json.ts';
import { Session, Stay } from '../../../projections/sessions/schema.ts';
import { staysOf } from '../../../projections/sessions/timeline.ts';
import { plainRecord } from '../../../report/text/plain.ts';
import { stateLabel } from '../../../report/text/style.ts';
import { local } from '../../../report/text/time.ts';
import { tokensInWords } from '../../../report/views/tokens.ts';
import { WorkerTokens } from '../../../usage/tokens/tokens-schema.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/named-session.ts';
import { tokensAtOnce } from '../../../workers/queries/tokens.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag, worker } from '../../grammar/option.ts';

export const SessionShow = Type.Object(
  {
    session: Session,
    timeline: noted(list(Stay), 'Its states in their order.'),
    tokens: noted(nullable(WorkerTokens), 'What its agent wrote of its tokens; null where nothing is known.'),
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
    const row = sessionNamed(app, this.session);
    const timeline = staysOf(app.ledger, row.id);
    const tokens = await tokensAtOnce(app, row.id);
    await this.show(
      { session: sessionJson(row), timeline, tokens },
      (shown) => this.#words(shown),
      ({ session }) => factsOf(session).map(([key, value]) => plainRecord(key, value)),
    );
  }

  #words({ session, timeline, tokens }: SessionShow): string {
    return [
      `${session.id}  ${stateLabel(session.state, this.context.stdout)}`,
      ...factsOf(session)
        .filter(([key]) => key !== 'id' && key !== 'state')
        .map(([key, value]) => `  ${key.padEnd(16)} ${value}`),
      ...(tokens ? [`  ${'tokens'.padEnd(16)} ${tokensInWords(tokens)}`] : []),
      '',
      ...timeline.map((stay) => this.#stay(stay)),
    ].join('\n');
  }

  #stay({ state, entered_at, exited_at, because }: Stay): string {
    const now = new Date();
    const until = exited_at === null ? now : new Date(exited_at);
    const ms = until.getTime() - new Date(entered_at).getTime();
    return `  ${local(entered_at, now)}  ${state.padEnd(19)} ${span(ms).padStart(7)}  ${because}`;
  }
}

const factsOf = (session: SessionShow['session']): [string, unknown][] =>
  Object.entries(session).filter(([, value]) => value !== null && typeof value !== 'object');
