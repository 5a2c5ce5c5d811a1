import { Command } from 'clipanion';
import { AgentPoolError } from '../../../../lib/errors.ts';
import { shell } from '../../../../lib/text/shell.ts';
import { queueLines } from '../../../../report/views/batch/queue.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { moveInQueue, QueueChange } from '../../../../workers/queue/commands.ts';
import type { QueueTarget } from '../../../../workers/queue/decide.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { flag, value, worker } from '../../../grammar/option.ts';

export default class QueueMove extends LedgerCommand<QueueChange> {
  static override paths = [['queue', 'move']];
  static override report = QueueChange;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Move a worker to another place in the queue',
    details: 'The order counts within one account: requests of other accounts do not wait for each other.',
    examples: [
      ['Start it next', '$0 queue move @last --first'],
      ['Start it before another one', '$0 queue move @last --before ap_3f2'],
    ],
  });

  session = worker();
  before = value('--before', 'before this queued worker');
  first = flag('--first', 'before all others');
  last = flag('--last', 'after all others');

  run(app: AppContext): undefined {
    const change = moveInQueue(app, this.session, this.#target());
    const { stdout } = this.context;
    this.print(change, ({ queue }) =>
      queueLines({ queue, watched: true }, stdout, app.given().now).join('\n'),
    );
  }

  #target(): QueueTarget {
    const { before, first, last, session } = this;
    const targets: QueueTarget[] = [
      ...(before === undefined ? [] : [{ kind: 'before', id: before } as const]),
      ...(first ? [{ kind: 'first' } as const] : []),
      ...(last ? [{ kind: 'last' } as const] : []),
    ];
    const [target] = targets;
    if (target && targets.length === 1) return target;
    throw new AgentPoolError(
      'INVALID_REQUEST',
      'Say where to move it: --before ID, --first or --last, one of them.',
      {
        example: shell`agentpool queue move ${session} --first`,
      },
    );
  }
}
