import { Command } from 'clipanion';
import type { AppContext } from '../../../../workers/core/context.ts';
import { QueueChange, removeFromQueue } from '../../../../workers/queue/commands.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';
import { worker } from '../../../grammar/option.ts';

export default class QueueRemove extends LedgerCommand<QueueChange> {
  static override paths = [['queue', 'remove']];
  static override report = QueueChange;
  static override usage = Command.Usage({
    category: 'Work',
    description: 'Drop a worker from the queue before it starts',
    details: '`terminate` does the same. A worker that has started is not in the queue any more.',
    examples: [['Drop the newest', '$0 queue remove @last']],
  });

  session = worker();

  run(app: AppContext): undefined {
    const change = removeFromQueue(app, this.session);
    this.print(change, ({ session_id }) => `${session_id} was removed from the queue.`);
  }
}
