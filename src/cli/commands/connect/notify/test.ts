import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { AgentPoolError, errorMessage } from '../../../../lib/errors.ts';
import { terminalOf } from '../../../../lib/process/process-table.ts';
import { list, noted, text } from '../../../../lib/shapes.ts';
import { paint } from '../../../../report/text/style.ts';
import type { AppContext } from '../../../../workers/core/context.ts';
import { stepsFor } from '../../../../workers/core/setup/next-steps.ts';
import { ring } from '../../../../workers/notify/bell.ts';
import { Notification } from '../../../../workers/notify/notification-schema.ts';
import { sendNotification } from '../../../../workers/notify/send.ts';
import { LedgerCommand } from '../../../grammar/ledger-command.ts';

const NotifyReport = Type.Object(
  {
    ok: Type.Literal(true),
    notify: noted(list(text), 'How it was sent: bell, desktop, or the words of the command.'),
    event: Notification,
  },
  { description: 'The test notification, and how it was sent.' },
);
type NotifyReport = Static<typeof NotifyReport>;

export default class NotifyTest extends LedgerCommand<NotifyReport> {
  static override paths = [['notify', 'test']];
  static override report = NotifyReport;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Send a test notification, the way config.yaml says',
    details: 'Reports why it cannot be sent. With the default, `notify: off`, there is nothing to test.',
    examples: [['Send one', '$0 notify test']],
  });
  protected override reconciles = false;

  async run(app: AppContext): Promise<undefined> {
    const { notify } = app.config;
    if (notify === 'off')
      throw new AgentPoolError(
        'NOTIFY_OFF',
        `notify is off in ${app.path}: write bell, desktop or a command.`,
        {
          example: 'agentpool config validate',
        },
      );
    const event = madeUp(app.given().now, process.cwd());
    try {
      if (notify === 'bell') ring(terminalOf(process.pid) ?? '/dev/tty');
      else await sendNotification(app, event, new AbortController().signal);
    } catch (error) {
      throw new AgentPoolError(
        'NOTIFY_FAILED',
        `The notification was not sent: ${errorMessage(error)}.`,
        { example: 'agentpool config print' },
        { cause: error },
      );
    }
    const way = typeof notify === 'string' ? [notify] : notify.command;
    const sign = paint(this.context.stdout).green('✓');
    this.print({ ok: true, notify: way, event }, () => `${sign} sent: ${way.join(' ')}`);
  }
}

const madeUp = (now: Date, folder: string): Notification => ({
  event: 'waits',
  session_id: 'ap_test',
  provider_id: 'fake-question',
  model: null,
  role: 'explorer',
  state: 'AWAITING_USER_INPUT',
  because: 'question',
  at: now.toISOString(),
  position: 0,
  task: 'This is a test: no worker waits.',
  repo_path: folder,
  next: stepsFor({ id: 'ap_test', state: 'AWAITING_USER_INPUT', alive: true }),
});
