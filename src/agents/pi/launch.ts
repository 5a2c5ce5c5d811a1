import { BACKSLASH, lastWordLists, shellMode, slashCommand } from '../contract/input-words.ts';
import {
  type AgentLaunch,
  effortArgs,
  type LaunchRequest,
  modelArgs,
  sessionArgs,
} from '../contract/launch.ts';
import { piConversations } from './conversation.ts';

const SESSION_ID = '--session-id';
const TUI_MODE = '--tui-mode';

/** Flags as `pi --help` of 1.6.0 has them. Older versions lack some, and take what they do not know for a file. */
export const piLaunch: AgentLaunch = {
  submit: { clearsBox: true, pastedPlaceholder: /\[paste #\d+[^\]]*\]/ },
  // Each tried on 1.6.0; `#`, `&` and `exit` are words there, and a blank before `!` changes nothing. A list behind `@` is
  // shown where `fd` is installed.
  takes: [shellMode(null), slashCommand(null), lastWordLists('@'), BACKSLASH],
  interruptKeys: ['Escape'],
  conversations: piConversations,
  versionOptions: [SESSION_ID, TUI_MODE],
  start: (request, settings) => ({
    args: [
      ...(request.readOnly ? ['--tools', 'read,grep,find,ls'] : []),
      ...modelArgs(request, settings),
      ...effortArgs(request, settings),
      ...(request.versionOptions?.has(TUI_MODE) ? [TUI_MODE, 'regular'] : []),
      ...named(request),
    ],
  }),
  promptArgs: (prompt) => ['--', prompt],
};

function named(request: LaunchRequest): string[] {
  if (request.resumes) return sessionArgs(request, (id) => ['--session', id]);
  return request.versionOptions?.has(SESSION_ID) ? sessionArgs(request) : [];
}
