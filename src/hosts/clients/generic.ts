import { type Host, plainEntry } from '../host.ts';

/** Any other host: nearly all of them take this shape. */
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
  notes: ['Put it where your host keeps its servers, then restart the host.'],
};
