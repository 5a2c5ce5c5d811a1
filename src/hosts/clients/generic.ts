import { type Host, plainEntry } from '../host.ts';

/** Any other host: nearly all accept this format. */
export const generic: Host = {
  id: 'generic',
  display_name: 'Any MCP host',
  provider: null,
  program: null,
  format: 'json',
  path: null,
  project_path: '.mcp.json',
  servers: ['mcpServers'],
  entry: plainEntry,
  verify: ['The host lists agentpool with its tools'],
  notes: ['Add this to the MCP configuration of your host, then restart the host.'],
};
