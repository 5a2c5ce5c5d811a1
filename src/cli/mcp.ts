import { Command } from 'clipanion';
import { toolsets } from '../mcp/tool.ts';
import { drawCard } from './card/draw-card.ts';
import { PlainCommand } from './command.ts';
import { Option } from './option.ts';

export default class Mcp extends PlainCommand {
  static override paths = [['mcp']];
  static override usage = Command.Usage({
    category: 'Setup',
    description: 'serve the same to hosts that speak MCP, over standard input and output',
    details: `
      A host starts it; docs/mcp.md tells how. Toolsets: ${toolsets.join(', ')}, or all; without any, default. The environment says the same: AGENTPOOL_MCP_TOOLSETS, AGENTPOOL_MCP_TOOLS, AGENTPOOL_MCP_LOCKDOWN.

      Each server is a coordinator of its own: limits and lists are of the workers that it spawned. They live on when it ends.
    `,
    examples: [
      ['Add it to Claude Code', 'claude mcp add agentpool -- $0 mcp'],
      ['More tools', '$0 mcp --toolsets default,sessions,worktrees'],
      ['Nothing that a worker wrote', '$0 mcp --lockdown'],
    ],
  });

  toolsets = Option.String('--toolsets', { description: `of ${toolsets.join(', ')}; commas between` });
  tools = Option.String('--tools', { description: 'single tools; commas between' });
  lockdown = Option.Boolean('--lockdown', { description: 'nothing that a worker wrote reaches the host' });

  async work(): Promise<undefined> {
    const { serveStdio } = await import('../mcp/stdio.ts');
    const { toolsets, tools, lockdown } = this;
    await serveStdio(this.context.env, { toolsets, tools, lockdown }, { drawCard });
  }
}
