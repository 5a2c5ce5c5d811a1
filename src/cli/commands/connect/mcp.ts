import { Command } from 'clipanion';
import { AgentPoolError } from '../../../lib/errors.ts';
import { toolsets } from '../../../mcp/tool.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { flag, value, wholeNumber } from '../../grammar/option.ts';

export default class Mcp extends PlainCommand {
  static override paths = [['mcp']];
  static override report = null;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Run the MCP server',
    details: `
      A host starts it; see docs/mcp.md. Toolsets: ${toolsets.join(', ')}, or all; without any, default. The environment variables AGENTPOOL_MCP_TOOLSETS, AGENTPOOL_MCP_TOOLS and AGENTPOOL_MCP_LOCKDOWN set the same.

      Each server is its own coordinator: limits and lists cover the workers that it spawned. Those workers keep running when the server ends.

      With --http one process serves many hosts at http://127.0.0.1:PORT/mcp. Each session is its own coordinator and needs the token in AGENTPOOL_HOME/mcp-token.
    `,
    examples: [
      ['Add it to Claude Code', 'claude mcp add agentpool -- $0 mcp'],
      ['Offer more tools', '$0 mcp --toolsets default,sessions,worktrees'],
      ['Withhold everything that a worker wrote', '$0 mcp --lockdown'],
      ['Serve HTTP, on this machine only', '$0 mcp --http --port 7437'],
    ],
  });

  toolsets = value('--toolsets', `toolsets to offer, separated by commas: ${toolsets.join(', ')}`);
  tools = value('--tools', 'single tools to offer, separated by commas');
  lockdown = flag('--lockdown', 'withhold everything that a worker wrote');

  http = flag('--http', 'serve Streamable HTTP on 127.0.0.1 instead of stdio');
  port = value('--port', 'with --http: the port (7437); 0 takes any free one', {
    takes: wholeNumber(0, 65_535),
  });
  newToken = flag('--new-token', 'with --http: create a new token, and revoke the old one');

  async work(): Promise<undefined> {
    const { env } = this.context;
    const { toolsets, tools, lockdown, port, newToken } = this;
    const request = { toolsets, tools, lockdown: lockdown || undefined };
    if (this.http) {
      const { DEFAULT_PORT, serveHttp } = await import('../../../mcp/http/serve.ts');
      return void (await serveHttp(env, { ...request, port: port ?? DEFAULT_PORT, newToken }));
    }
    if (port !== undefined || newToken) throw withoutHttp();
    const { serveStdio } = await import('../../../mcp/stdio.ts');
    await serveStdio(env, request);
  }
}

const withoutHttp = () =>
  new AgentPoolError('USAGE', '--port and --new-token belong to --http, which is missing.', {
    example: 'agentpool mcp --http',
  });
