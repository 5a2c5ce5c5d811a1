import { join } from 'node:path';
import { type Host, plainEntry } from '../host.ts';

/** docs.windsurf.com/windsurf/cascade/mcp, 2026. */
export const windsurf: Host = {
  id: 'windsurf',
  display_name: 'Windsurf',
  provider: null,
  program: null,
  windowed: true,
  format: 'json',
  path: ({ home }) => join(home, '.codeium', 'windsurf', 'mcp_config.json'),
  project_path: null,
  servers: ['mcpServers'],
  entry: plainEntry,
  verify: ['The MCP menu of Cascade lists agentpool with its tools'],
  notes: ['Settings, Cascade, MCP servers opens the file. Press refresh there afterwards.'],
};
