import { Command } from 'clipanion';
import { AgentPoolError } from '../../../lib/errors.ts';
import { shell } from '../../../lib/text/shell.ts';
import { paint } from '../../../report/text/style.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { Smoke, smoke } from '../../../workers/watch/run/smoke.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { flag, value, wholeNumber } from '../../grammar/option.ts';

export default class SmokeTest extends LedgerCommand<Smoke> {
  static override paths = [['smoke']];
  static override report = Smoke;
  static override usage = Command.Usage({
    category: 'Start',
    description: 'Run one fake worker from start to finish',
    details:
      'A fake provider costs nothing. A real one gets a read-only task, which spends one turn of your quota.',
    examples: [['Test with a fake agent', '$0 smoke']],
  });

  provider = value('--provider', 'the agent to test', { initially: 'fake-question' });
  repo = value('--repo', 'the folder to work in', { initially: '.' });
  model = value('--model', 'the model, as the agent names it');
  realReadOnly = flag('--real-read-only', 'allow a real agent, which spends one turn of quota');
  timeout = value('--timeout', 'how many seconds to wait for each step (60)', { takes: wholeNumber(1) });
  noAcceptStartupTrust = flag('--no-accept-startup-trust', "leave the agent's trust dialog unanswered");

  async run(app: AppContext): Promise<number> {
    if (!this.provider.startsWith('fake-') && !this.realReadOnly) {
      throw new AgentPoolError(
        'INVALID_REQUEST',
        `${this.provider} is a real agent: this spends a turn of its quota.`,
        {
          provider_id: this.provider,
          example: shell`agentpool smoke --provider ${this.provider} --real-read-only`,
        },
      );
    }
    const color = paint(this.context.stdout);
    const result = await smoke(app, {
      provider: this.provider,
      repo: this.repo,
      model: this.model ?? null,
      timeoutSeconds: this.timeout ?? 60,
      acceptTrust: !this.noAcceptStartupTrust,
      say: (step) => this.json || this.context.stdout.write(`${color.dim('·')} ${step}\n`),
    });
    this.print(
      result,
      ({ ok, artifact_dir }) =>
        `${ok ? color.green('✓ it works') : color.red('✗ it did not complete')}\n  what it left  ${artifact_dir}`,
    );
    return result.ok ? 0 : 1;
  }
}
