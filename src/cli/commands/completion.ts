import { Command } from 'clipanion';
import { completionScripts, shells } from '../completion/scripts.ts';
import { PlainCommand } from '../grammar/command.ts';
import { Option, oneOf } from '../grammar/option.ts';

export default class Completion extends PlainCommand<never> {
  static override paths = [['completion']];
  static override report = null;
  static override usage = Command.Usage({
    category: 'Connect and configure',
    description: 'let the shell complete commands, options and workers',
    details: `
      Prints a script for the shell. The line for ~/.bashrc is \`source <(agentpool completion bash)\`; for ~/.zshrc, behind compinit, \`source <(agentpool completion zsh)\`; for ~/.config/fish/config.fish \`agentpool completion fish | source\`.

      Workers, providers and models come from this home while you type; the ledger is only read, and nobody is asked.
    `,
    examples: [
      ['In bash, from now on', 'echo "source <($0 completion bash)" >> ~/.bashrc'],
      ['In zsh, from now on', 'echo "source <($0 completion zsh)" >> ~/.zshrc'],
      ['In fish, from now on', 'echo "$0 completion fish | source" >> ~/.config/fish/config.fish'],
    ],
  });

  shell = Option.String({ name: 'bash|zsh|fish', required: true, validator: oneOf(shells) });

  async work(): Promise<undefined> {
    this.context.stdout.write(completionScripts[this.shell]);
  }
}
