import { failure, type UsageSource } from '../../contract/limits/reading.ts';
import { askScreen } from '../../contract/limits/terminal.ts';
import { claudeAccount } from './account.ts';
import { CLAUDE_ENV } from './program.ts';
import { parseClaudeUsageScreen } from './usage-text.ts';

/**
 * The TUI's own `/usage` view, in a temporary tmux session: the last way, for a Claude that knows no other.
 * It is a local command, so no turn is spent.
 */
export const claudeInteractive: UsageSource = {
  id: 'claude-interactive-usage',
  provider: 'claude-code',
  reach: 'network',
  reads: 'the login that Claude keeps, through its own /usage',
  hosts: ['api.anthropic.com'],
  confidence: 'local_cli',
  deadline_ms: 30_000,
  interactive: true,
  account: claudeAccount,
  async read(context) {
    if (context.agent === null) return failure('not_found', 'claude is not installed');
    const env = Object.fromEntries(Object.entries(CLAUDE_ENV).filter(([, value]) => value !== undefined));
    const screen = await askScreen(
      { ...context, env: { ...context.env, ...env } },
      {
        program: context.agent,
        args: ['--strict-mcp-config', '--settings', '{"disableAllHooks":true}'],
        unset: Object.keys(CLAUDE_ENV).filter((name) => CLAUDE_ENV[name] === undefined),
        command: '/usage',
        ready: /^[ │]*[❯>](?:\s|$)/m,
        answered: /\d% used/,
        dialog:
          /trust (?:this folder|the files)|select login method|choose the text style|do you want to use this api key|press enter to continue/i,
      },
    );
    return typeof screen === 'string' ? parseClaudeUsageScreen(screen, context.now()) : screen;
  },
};
