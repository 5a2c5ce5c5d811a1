import { join } from 'node:path';
import { type Host, plainEntry } from '../host.ts';

/** zed.dev/docs/ai/mcp, 2026. */
export const zed: Host = {
  id: 'zed',
  display_name: 'Zed',
  provider: null,
  program: null,
  windowed: true,
  format: 'json',
  path: ({ home, platform, env }) =>
    join((platform === 'linux' && env.XDG_CONFIG_HOME) || join(home, '.config'), 'zed', 'settings.json'),
  project_path: '.zed/settings.json',
  servers: ['context_servers'],
  entry: plainEntry,
  verify: ['The settings of the agent panel show a green dot next to agentpool'],
  notes: ['`zed: open settings file` in the command palette opens the file.'],
};
