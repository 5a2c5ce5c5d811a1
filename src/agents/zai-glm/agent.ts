import { AGENTS } from '../../config/provider-ids.ts';
import type { Agent } from '../contract/agent.ts';
import { planDescriptor } from '../contract/descriptor.ts';
import { NO_LAUNCH } from '../contract/launch.ts';

const zaiGlm = planDescriptor({
  id: 'zai-glm',
  display_name: 'Z.ai GLM Coding Plan',
  vendor: 'Z.ai',
  plan: { keys: AGENTS['zai-glm'].separation.logins, through: ['claude-code', 'opencode', 'droid-cli'] },
});

export const agent: Agent = {
  descriptor: zaiGlm,
  launch: NO_LAUNCH,
  limits: async () => [(await import('./limits.ts')).zaiQuota],
  codexbar: { name: 'zai', via: 'api' },
  tokens: null,
};
