import type { Agent } from '../contract/agent.ts';
import { BACKSLASH, shellMode, slashCommand } from '../contract/input-words.ts';
import { modelArgs } from '../contract/launch.ts';
import { kimiConversations } from './conversation.ts';
import { kimiCode } from './descriptor.ts';
import { kimiWords } from './session-words.ts';

export const agent: Agent = {
  descriptor: kimiCode,
  /** Flags as `kimi --help` of 2.1.0 has them. A prompt as an argument is answered once, and kimi ends. */
  launch: {
    submit: { clearsBox: true },
    // Each tried on 2.1.0; `#`, `&`, `@` and `exit` are words there.
    takes: [shellMode('before'), slashCommand(null), BACKSLASH],
    dialogWords: { afterEnter: /^other\b/i },
    interruptKeys: ['Escape'],
    words: kimiWords,
    conversations: kimiConversations,
    start: (request, settings) => ({
      args: [
        ...(request.readOnly ? ['--plan'] : []),
        ...modelArgs(request, settings),
        ...(request.resumes ? ['--session', request.resumes.id] : []),
      ],
      env: { KIMI_CODE_NO_AUTO_UPDATE: '1' },
    }),
    promptArgs: (prompt) => ['--prompt', prompt],
  },
  limits: async () => [(await import('./limits.ts')).kimiUsages],
  codexbar: { name: 'kimi', via: 'api' },
  tokens: null,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
