import { Command } from 'clipanion';
import { fullProviderId } from '../../../config/provider-ids.ts';
import { workerStates } from '../../../events/catalogue/words.ts';
import { AgentPoolError } from '../../../lib/errors.ts';
import { didYouMean } from '../../../lib/suggest.ts';
import { queuePlaces } from '../../../projections/sessions/queries.ts';
import { SessionList } from '../../../projections/sessions/schema.ts';
import { plainSessions, sessionTable } from '../../../report/views/workers/session-table.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionList } from '../../../workers/core/sessions/session-list.ts';
import { sessionListOfAllMachines } from '../../../workers/queries/fleet/sessions.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, pagerFlag, plainFlag, value, wholeNumber } from '../../grammar/option.ts';

const NONE =
  'No workers yet.\n  spawn one  agentpool spawn --provider fake-question --task "Look for the parser"';

export default class Sessions extends LedgerCommand<SessionList> {
  static override paths = [['sessions']];
  static override report = SessionList;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'List workers, newest first',
    details:
      'Of this coordinator, unless --all or --all-machines is given. `agentpool ps` lists those that run now, of every coordinator.',
    examples: [
      ['List the last ten', '$0 sessions --recent 10'],
      ['List the workers of every machine', '$0 sessions --all-machines'],
      ['List those that wait for an answer', '$0 sessions --state AWAITING_USER_INPUT'],
    ],
  });

  state = value('--state', workerStates.join(', '));
  provider = value('--provider', 'only workers of this provider');
  limit = value('--limit', 'how many to list (50)', { takes: wholeNumber(1) });
  offset = value('--offset', 'how many to skip', { takes: wholeNumber() });
  recent = value('--recent', 'list only this many, newest first', { takes: wholeNumber(1) });
  all = flag('--all', 'include the workers of every coordinator');
  allMachines = flag('--all-machines', 'of every machine of the fleet, and every coordinator');
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
    const { stdout } = this.context;
    const { list, places } = this.allMachines
      ? sessionListOfAllMachines(app, asked)
      : {
          list: sessionList(app.ledger, asked, app.coordinator, app.paths.artifacts),
          places: queuePlaces(app.ledger),
        };
    await this.show(
      list,
      (reported) => sessionTable(reported, { places, none: NONE, stdout }),
      plainSessions,
    );
  }
}
