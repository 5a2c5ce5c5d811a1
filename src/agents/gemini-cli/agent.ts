import type { Agent } from '../contract/agent.ts';
import { BACKSLASH, lastWordLists, shellMode, slashCommand } from '../contract/input-words.ts';
import { type LaunchRequest, modelArgs, sessionArgs } from '../contract/launch.ts';
import { geminiConversations } from './conversation.ts';
import { geminiCli } from './descriptor.ts';

const SESSION_ID = '--session-id';

export const agent: Agent = {
  descriptor: geminiCli,
  /** Flags as `gemini --help` of 0.61.0 has them. It draws without the alternate screen by itself. */
  launch: {
    submit: { clearsBox: true },
    // Each tried on 0.61.0, as pasted text; `#`, `&`, `exit` and commands that it does not have are words there.
    takes: [shellMode('before'), slashCommand(null), lastWordLists('@'), BACKSLASH],
    interruptKeys: ['Escape'],
    dialogWords: { inPlace: /^enter a custom value/i },
    conversations: geminiConversations,
    versionOptions: [SESSION_ID],
    retriesSilently: true,
    start: (request, settings) => ({
      args: [
        ...(request.readOnly ? ['--approval-mode', 'plan'] : []),
        ...modelArgs(request, settings),
        ...named(request),
      ],
    }),
    promptArgs: (prompt) => [`--prompt-interactive=${prompt}`],
  },
  limits: async () => [(await import('./limits.ts')).geminiQuota],
  codexbar: { name: 'gemini', via: 'api' },
  tokens: null,
  rehearsal: async () => (await import('./rehearsal.ts')).rehearsal,
};

/** Not every version takes an id, and none starts with an option that it does not know. */
function named(request: LaunchRequest): string[] {
  if (request.resumes) return sessionArgs(request, (id) => ['--resume', id]);
  return request.versionOptions?.has(SESSION_ID) ? sessionArgs(request) : [];
}
