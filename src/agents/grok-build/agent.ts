import type { Agent } from '../contract/agent.ts';
import { BACKSLASH, LEAVING_WORDS, lastWordLists, shellMode, slashCommand } from '../contract/input-words.ts';
import { effortArgs, modelArgs, sessionArgs } from '../contract/launch.ts';
import { grokConversations } from './conversation.ts';
import { grokBuild } from './descriptor.ts';
import { grokWords } from './session-words.ts';

export const agent: Agent = {
  descriptor: grokBuild,
  /** Flags as `grok --help` of 1.0.41 has them. */
  launch: {
    submit: { clearsBox: true },
    // Each tried on 1.0.41. A # or & in front are words there.
    takes: [LEAVING_WORDS, shellMode('before'), slashCommand(null), lastWordLists('@'), BACKSLASH],
    // Escape only moves into the transcript.
    interruptKeys: ['C-c'],
    words: grokWords,
    conversations: grokConversations,
    start: (request, settings) => ({
      args: [
        '--no-alt-screen',
        ...(request.readOnly ? ['--permission-mode', 'plan'] : []),
        ...modelArgs(request, settings),
        ...effortArgs(request, settings),
        ...sessionArgs(request, (id) => ['--resume', id]),
      ],
      env: { GROK_DISABLE_AUTOUPDATER: '1' },
    }),
    promptArgs: (prompt) => ['--', prompt],
  },
  limits: async () => [(await import('./limits.ts')).grokBilling],
  codexbar: { name: 'grok', via: 'cli' },
  tokens: null,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};
