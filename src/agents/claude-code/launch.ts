import {
  BACKSLASH,
  LEAVING_WORDS,
  lastWordLists,
  leadingSign,
  shellMode,
  slashCommand,
} from '../contract/input-words.ts';
import {
  type AgentLaunch,
  effortArgs,
  type LaunchRequest,
  modelArgs,
  sessionArgs,
} from '../contract/launch.ts';
import { claudeHooks } from '../contract/signal-hooks.ts';
import { claudeConversations } from './conversation.ts';
import { claudeWords } from './session-words.ts';
import { followClaudeStatus, statusFiles } from './status.ts';

/** Flags as `claude --help` of 2.1.330 has them. */
export const claudeCodeLaunch: AgentLaunch = {
  submit: {
    pastedPlaceholder: /\[Pasted text #\d+(?: \+\d+ lines)?\]/,
    queued: /Press up to edit queued messages/,
    clearsBox: true,
    showsDraft: 'framed',
  },
  // Each tried on 2.1.330; a blank before `/` or around `exit` changes nothing there. `#` and `&` are of other versions.
  takes: [
    LEAVING_WORDS,
    slashCommand(null),
    shellMode('before'),
    leadingSign('#', 'before'),
    leadingSign('&', 'before'),
    lastWordLists('@'),
    BACKSLASH,
  ],
  interruptKeys: ['Escape'],
  // Seen once after 75 s.
  continuesAfterMs: 110_000,
  dialogWords: { inPlace: /^type something/i },
  follow: followClaudeStatus,
  words: claudeWords,
  conversations: claudeConversations,
  start: (request, settings) => ({
    args: [
      ...sessionArgs(request, (id) => ['--resume', id]),
      ...permissionArgs(request.program, request.readOnly),
      ...modelArgs(request, settings),
      ...effortArgs(request, settings),
      ...signalArgs(request),
    ],
    // On the alternate screen a result that is longer than the screen is in no transcript.
    env: {
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1',
      ...(request.resumes ? WHOLE_CONVERSATION : {}),
    },
    files: statusFiles(request.place),
  }),
  promptArgs: (prompt) => ['--', prompt],
};

/** Without it a long conversation that is taken up after an hour opens the menu `Resume from summary` (2.1.332). */
const WHOLE_CONVERSATION = { CLAUDE_CODE_RESUME_TOKEN_THRESHOLD: '1000000000' };

/** Settings for this process alone; hooks are merged with the user's. A settings file of the user's own command stays. */
function signalArgs({ signal, program }: LaunchRequest): string[] {
  if (!signal || program.some((word) => word.startsWith('--settings'))) return [];
  return ['--settings', JSON.stringify({ hooks: claudeHooks(signal) })];
}

/**
 * Left to itself Claude starts in the mode `auto`, where a model and no person grants what it wants to run. The user's
 * own command (providers.claude-code.command) may name another mode; read-only is never given up.
 */
function permissionArgs(program: readonly string[], readOnly: boolean): string[] {
  if (readOnly) return ['--permission-mode', 'plan'];
  const chosen = program.some((word) => /^--(permission-mode|dangerously-skip-permissions)\b/.test(word));
  return chosen ? [] : ['--permission-mode', 'default'];
}
