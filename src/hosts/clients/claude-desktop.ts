import { join } from 'node:path';
import { type Host, plainEntry } from '../host.ts';

export const claudeDesktop: Host = {
  id: 'claude-desktop',
  display_name: 'Claude Desktop',
  provider: null,
  program: null,
  windowed: true,
  format: 'json',
  path: ({ home, platform, env }) =>
    platform === 'darwin'
      ? join(home, 'Library', 'Application Support', 'Claude', 'claude_desktop_config.json')
      : join(env.XDG_CONFIG_HOME || join(home, '.config'), 'Claude', 'claude_desktop_config.json'),
  project_path: null,
  servers: ['mcpServers'],
  entry: plainEntry,
  verify: ['Settings, Developer lists agentpool as running'],
  notes: ['Settings, Developer, Edit Config opens the file. Quit Claude Desktop and start it again.'],
};
