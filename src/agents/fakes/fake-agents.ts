import { join } from 'node:path';
import type { FakeId } from '../../config/provider-ids.ts';
import { packageRoot } from '../../lib/package-root.ts';
import type { Agent } from '../contract/agent.ts';
import { COMMON_CAPABILITIES, COMMON_SETTINGS, model } from '../contract/descriptor.ts';
import { sessionArgs } from '../contract/launch.ts';
import { fakeConversations } from './fake-conversations.ts';

const keepsConversations = (id: FakeId): boolean => id === 'fake-resume' || id === 'fake-limit-wait';

/** An agent of our own: a Node program that takes its task as its last argument, is signed in to nothing and costs nothing. */
export const fakeAgent = (id: FakeId): Agent => ({
  descriptor: {
    id,
    display_name: `Fake agent: ${id.slice('fake-'.length)}`,
    vendor: 'AgentPool',
    harness: 'fake',
    install: null,
    sign_in: null,
    commands: [],
    version_args: [],
    capabilities: [...COMMON_CAPABILITIES, 'supports_one_shot_mode'],
    auth: null,
    model_list: null,
    settings: {
      ...COMMON_SETTINGS,
      model_arg: null,
      default_model: 'fake',
      smoke_model: 'fake',
      default_initial_prompt_mode: 'arg',
      catalog_completeness: 'complete',
    },
    models: [model('fake', { display_name: 'Fake', source: 'config', confidence: 'local_config' })],
  },
  launch: {
    // Only this one draws a box, in which a person may have typed.
    submit: id === 'fake-limit-wait' ? { clearsBox: true, showsDraft: 'framed' } : {},
    takes: [],
    interruptKeys: ['C-c'],
    ...(id === 'fake-limit-wait' ? { continuesAfterMs: 2000 } : {}),
    program: () => [process.execPath, join(packageRoot(), 'fixtures', 'agents', `${id}.mjs`)],
    ...(keepsConversations(id) ? { conversations: fakeConversations } : {}),
    start: (request) => ({
      args: keepsConversations(id) ? sessionArgs(request, (taken) => ['--resume', taken]) : [],
    }),
    promptArgs: (prompt) => [prompt],
  },
  limits: async () => [],
  tokens: null,
});
