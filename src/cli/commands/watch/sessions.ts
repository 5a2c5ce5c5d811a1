import { Command } from 'clipanion';
import { fullProviderId } from '../../../config/provider-ids.ts';
import { workerStates } from '../../../events/catalogue/words.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { didYouMean } from '../../../lib/suggest.ts';
import { queuePlaces } from '../../../projections/sessions/queries.ts';
import { SessionList } from '../../../projections/sessions/schema.ts';
import { stepLines } from '../../../report/text/outcome.ts';
import { plainRecord } from '../../../report/text/plain.ts';
import { columnsOf, stateLabel } from '../../../report/text/style.ts';
import { table } from '../../../report/text/table.ts';
import { relative } from '../../../report/text/time.ts';
import { watchFaultLine } from '../../../report/views/observed.ts';
import { parkedUntil } from '../../../report/views/parked.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionList } from '../../../workers/core/session-list.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, pagerFlag, plainFlag, value, wholeNumber } from '../../grammar/option.ts';

export default class Sessions extends LedgerCommand<SessionList> {
  static override paths = [['sessions']];
  static override report = SessionList;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'List workers, newest first',
    examples: [
      ['List the last ten', '$0 sessions --recent 10'],
      ['List those that wait for an answer', '$0 sessions --state AWAITING_USER_INPUT'],
    ],
  });

  state = value('--state', workerStates.join(', '));
  provider = value('--provider', 'only workers of this provider');
  limit = value('--limit', 'how many to list (50)', { takes: wholeNumber(1) });
  offset = value('--offset', 'how many to skip', { takes: wholeNumber() });
  recent = value('--recent', 'list only this many, newest first', { takes: wholeNumber(1) });
  all = flag('--all', 'include the workers of every coordinator');
  override plain = plainFlag('one worker');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const state = this.state?.toUpperCase();
    if (state !== undefined && !(workerStates as readonly string[]).includes(state)) {
      throw new AgentPoolError(
        'INVALID_STATE',
        `There is no state ${this.state}.${didYouMean(state, workerStates)} States: ${workerStates.join(', ')}.`,
        {
          state: this.state,
          allowed: [...workerStates],
          example: 'agentpool sessions --state RUNNING',
        },
      );
    }
    const asked = {
      recent: this.recent,
      limit: this.limit,
      offset: this.offset,
      provider: this.provider && fullProviderId(this.provider, app.config.custom_providers),
      all: this.all,
      state,
    };
    await this.show(
      sessionList(app.ledger, asked, app.coordinator, app.paths.artifacts),
      (list) => this.#table(list, queuePlaces(app.ledger)),
      plainly,
    );
  }

  #table({ sessions, pagination, next = [] }: SessionList, places: ReadonlyMap<string, number>): string {
    if (sessions.length === 0)
      return 'No workers yet.\n  spawn one  agentpool spawn --provider fake-question --task "Look for the parser"';
    const now = new Date();
    const { stdout } = this.context;
    const isChain = sessions.some(({ predecessor }) => predecessor !== null);
    const rows = sessions.map(
      ({ id, state, exit_code, provider_id, created_at, task, predecessor, parked }) => [
        id,
        stateLabel(state, stdout) +
          (state === 'FAILED' && exit_code !== null ? ` (exit code ${exit_code})` : '') +
          (parked === null ? '' : ` ${parkedUntil(parked, now)}`),
        provider_id,
        relative(created_at, now),
        ...(isChain ? [predecessor ?? ''] : []),
        task,
      ],
    );
    const troubles = sessions.flatMap(({ id, watch_fault, queued, warnings = [] }) => {
      const lines = [
        ...(queued ? [`  place ${places.get(id) ?? 1} in its queue: ${queued.reason}`] : []),
        ...(watch_fault ? [watchFaultLine(watch_fault)] : []),
        ...warnings.map((warning) => `  ! ${warning}`),
      ];
      return lines.length > 0 ? [`\n${[id, ...lines].join('\n')}`] : [];
    });
    const more = pagination.has_more
      ? `\n… ${pagination.total - sessions.length} more: --offset ${pagination.next_offset}`
      : '';
    return (
      table(
        ['SESSION', 'STATE', 'PROVIDER', 'CREATED', ...(isChain ? ['SUCCESSOR OF'] : []), 'TASK'],
        rows,
        columnsOf(stdout),
      ) +
      troubles.join('') +
      more +
      (next.length > 0 ? `\n${stepLines(next, stdout).join('\n')}` : '')
    );
  }
}

const plainly = ({ sessions }: SessionList): string[] =>
  sessions.map(({ id, state, provider_id, created_at, task }) =>
    plainRecord(id, state, provider_id, created_at, task),
  );
