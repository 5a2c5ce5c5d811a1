import type { Agent } from '../contract/agent.ts';
import { opencodeLaunch } from '../forks/opencode/launch.ts';
import { opencodeTokens } from '../forks/opencode/token-log.ts';
import { kilo } from './descriptor.ts';

const tokens = opencodeTokens('kilo', 'kilo');

export const agent: Agent = {
  descriptor: kilo,
  launch: opencodeLaunch({
    variables: 'KILO',
    user: 'kilo',
    log: tokens,
    // A refusal opens a page that asks for its reason.
    afterEnter: /^(?:type your own answer|reject$)/i,
    // Where a daemon of the user's runs, Kilo would work in it, with its permissions and without this process's port.
    env: { KILO_NO_DAEMON: '1' },
  }),
  limits: async () => [],
  tokens,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
