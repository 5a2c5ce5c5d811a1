import { Command } from 'clipanion';
import { AgentPoolError } from '../../lib/errors.ts';
import { toolsets } from '../../mcp/tool.ts';
import { drawCard } from '../../report/card/draw-card.ts';
import { PlainCommand } from '../grammar/command.ts';
import { Option, wholeNumber } from '../grammar/option.ts';

export default class Mcp extends PlainCommand {
  static override paths = [['mcp']];
  static override report = null;
  static override usage = Command.Usage({
    category: 'Connect and configure',
    description: 'serve all this to hosts that speak MCP',
    details: `
      A host starts it; docs/mcp.md tells how. Toolsets: ${toolsets.join(', ')}, or all; without any, default. The environment says the same: AGENTPOOL_MCP_TOOLSETS, AGENTPOOL_MCP_TOOLS, AGENTPOOL_MCP_LOCKDOWN.

      Each server is a coordinator of its own: limits and lists are of the workers that it spawned. They live on when it ends.

      With --http it serves many hosts at http://127.0.0.1:PORT/mcp, each session a coordinator of its own, to whoever has the token of AGENTPOOL_HOME/mcp-token.
    `,
    examples: [
      ['Add it to Claude Code', 'claude mcp add agentpool -- $0 mcp'],
      ['More tools', '$0 mcp --toolsets default,sessions,worktrees'],
      ['Nothing that a worker wrote', '$0 mcp --lockdown'],
      ['Over HTTP, on this machine alone', '$0 mcp --http --port 7437'],
    ],
  });

  toolsets = Option.String('--toolsets', { description: `of ${toolsets.join(', ')}; commas between` });
  tools = Option.String('--tools', { description: 'single tools; commas between' });
  lockdown = Option.Boolean('--lockdown', { description: 'nothing that a worker wrote reaches the host' });

  http = Option.Boolean('--http', false, { description: 'serve Streamable HTTP on 127.0.0.1 instead' });
  port = Option.String('--port', {
    description: 'with --http: where; 7437 when not given, 0 is any that is free',
    validator: wholeNumber(0, 65_535),
  });
  newToken = Option.Boolean('--new-token', false, {
    description: 'with --http: a new token; the old one ends',
  });

  async work(): Promise<undefined> {
    const { env } = this.context;
    const { toolsets, tools, lockdown, port, newToken } = this;
    const request = { toolsets, tools, lockdown };
    if (this.http) {
      const { DEFAULT_PORT, serveHttp } = await import('../../mcp/http/serve.ts');
      return void (await serveHttp(env, { ...request, port: port ?? DEFAULT_PORT, newToken }, { drawCard }));
    }
    if (port !== undefined || newToken) throw withoutHttp();
    const { serveStdio } = await import('../../mcp/stdio.ts');
    await serveStdio(env, request, { drawCard });
  }
}

const withoutHttp = () =>
  new AgentPoolError('USAGE', '--port and --new-token say how HTTP is served; --http is missing.', {
    example: 'agentpool mcp --http',
  });
