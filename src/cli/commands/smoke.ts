import { Command } from 'clipanion';
import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import { paint } from '../../report/text/style.ts';
import type { AppContext } from '../../workers/core/context.ts';
import { Smoke, smoke } from '../../workers/watch/smoke.ts';
import { LedgerCommand } from '../grammar/command.ts';
import { Option, wholeNumber } from '../grammar/option.ts';

export default class SmokeTest extends LedgerCommand<Smoke> {
  static override paths = [['smoke']];
  static override report = Smoke;
  static override usage = Command.Usage({
    category: 'Start',
    description: 'prove that it works: the whole life of one worker',
    details:
      'With a fake provider it costs nothing. A real one is asked to read only, and takes a turn of your quota.',
    examples: [['With a fake agent', '$0 smoke']],
  });

  provider = Option.String('--provider', 'fake-question', { description: 'who works' });
  repo = Option.String('--repo', '.', { description: 'the folder to work on' });
  model = Option.String('--model', { description: "the agent's own word for the model" });
  realReadOnly = Option.Boolean('--real-read-only', false, {
    description: 'yes, spend a turn of a real agent',
  });
  timeout = Option.String('--timeout', {
    description: 'seconds to wait for each step (60)',
    validator: wholeNumber(1),
  });
  noTrust = Option.Boolean('--no-accept-startup-trust', false, {
    description: "leave an agent's trust dialog unanswered",
  });

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
      acceptTrust: !this.noTrust,
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
