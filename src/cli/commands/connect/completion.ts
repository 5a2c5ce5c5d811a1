import { Command } from 'clipanion';
import { completionScripts, shells } from '../../completion/scripts.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { argument, oneOf } from '../../grammar/option.ts';

export default class Completion extends PlainCommand<never> {
  static override paths = [['completion']];
  static override usesHome = false;
  static override report = null;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Print the shell completion script',
    details: `
      Add one line to the start-up file of your shell. bash, ~/.bashrc: \`source <(agentpool completion bash)\`. zsh, ~/.zshrc, after compinit: \`source <(agentpool completion zsh)\`. fish, ~/.config/fish/config.fish: \`agentpool completion fish | source\`.

      Completes commands, options, workers, providers and models. Workers and models come from the ledger and the config; no provider is contacted.
    `,
    examples: [
      ['Set up bash', 'echo "source <($0 completion bash)" >> ~/.bashrc'],
      ['Set up zsh', 'echo "source <($0 completion zsh)" >> ~/.zshrc'],
      ['Set up fish', 'echo "$0 completion fish | source" >> ~/.config/fish/config.fish'],
    ],
  });

  shell = argument('bash|zsh|fish', { required: true, takes: oneOf(shells) });

  async work(): Promise<undefined> {
    this.context.stdout.write(completionScripts[this.shell]);
  }
}
