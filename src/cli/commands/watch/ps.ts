import { Command } from 'clipanion';
import { queuePlaces } from '../../../projections/sessions/queries.ts';
import { SessionList } from '../../../projections/sessions/schema.ts';
import { plainSessions, sessionTable } from '../../../report/views/workers/session-table.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionListOfAllMachines } from '../../../workers/queries/fleet/sessions.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, pagerFlag, plainFlag, value } from '../../grammar/option.ts';
import { PS_TABLE, psList, psRequest } from '../../workers/ps.ts';

export default class Ps extends LedgerCommand<SessionList> {
  static override paths = [['ps']];
  static override report = SessionList;
  static override usage = Command.Usage({
    category: 'Watch',
    description: 'List the workers that run now',
    details:
      'Of every coordinator, newest first, with the requests that wait for their start. `agentpool sessions` has filters and pages.',
    examples: [
      ['List what runs', '$0 ps'],
      ['Include what has ended', '$0 ps --all'],
      ['Print the ids of what runs', '$0 ps --plain | cut -f1'],
    ],
  });

  all = flag('--all,-a', 'include workers that have ended: the newest 50 in all');
  provider = value('--provider', 'only workers of this provider');
  allMachines = flag('--all-machines', 'of every machine of the fleet');
  override plain = plainFlag('one worker');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const { stdout } = this.context;
    const { list, places } = this.allMachines
      ? sessionListOfAllMachines(app, psRequest(this, app))
      : { list: psList(app.ledger, this, app), places: queuePlaces(app.ledger) };
    await this.show(
      list,
      (reported) => sessionTable(reported, { places, ...PS_TABLE, stdout }),
      plainSessions,
    );
  }
}
