import { join } from 'node:path';
import { shellLine } from '../../lib/text/shell.ts';
import {
  BACKSLASH,
  LEAVING_WORDS,
  lastWordLists,
  leadingSign,
  shellMode,
  slashCommand,
} from '../contract/input-words.ts';
import { type AgentLaunch, effortArgs, modelArgs, sessionArgs } from '../contract/launch.ts';
import type { SignalCommand } from '../contract/signal-hooks.ts';
import type { SignalKind } from '../contract/signal-kinds.ts';
import { copilotConversations } from './conversation.ts';
import { copilotWords } from './session-words.ts';

/** Flags as `copilot --help` of 1.0.102 has them. */
export const copilotCliLaunch: AgentLaunch = {
  submit: { pastedPlaceholder: /\[Paste #\d+[^\]]*\]/, queued: /\bqueued\b/i, clearsBox: true },
  // Each tried on 1.0.102, where ` !ls` still runs; `&` gave a task to the cloud in other versions.
  takes: [
    LEAVING_WORDS,
    shellMode(null),
    slashCommand('before'),
    leadingSign('&', 'before'),
    lastWordLists('@'),
    BACKSLASH,
  ],
  interruptKeys: ['Escape', 'Escape'],
  retriesSilently: true,
  words: copilotWords,
  conversations: copilotConversations,
  dialogWords: { inPlace: /\btell copilot what to do differently|^other\b/i },
  start: (request, settings) => ({
    args: [
      ...sessionArgs(request, (id) => [`--resume=${id}`]),
      '--no-auto-update',
      ...(request.readOnly ? ['--mode', 'plan'] : []),
      ...modelArgs(request, settings),
      ...effortArgs(request, settings),
      ...(request.signal ? ['--plugin-dir', join(request.folder, PLUGIN)] : []),
    ],
    files: request.signal ? plugin(request.signal) : {},
  }),
  promptArgs: (prompt) => [`--interactive=${prompt}`],
};

const PLUGIN = 'copilot-plugin';

/**
 * A plugin for this process alone; its hooks run beside the user's. Not `permissionRequest`, which may decide what is
 * granted, and not `errorOccurred`, which also fires for what is tried again.
 */
function plugin(signal: NonNullable<SignalCommand>): Record<string, string> {
  const hook = (kind: SignalKind, matcher?: string) => [
    {
      type: 'command',
      bash: shellLine(signal(kind)),
      timeoutSec: 5,
      ...(matcher === undefined ? {} : { matcher }),
    },
  ];
  const hooks = {
    userPromptSubmitted: hook('turn_started'),
    agentStop: hook('turn_ended'),
    notification: [
      ...hook('approval_wanted', 'permission_prompt'),
      ...hook('question_asked', 'elicitation_dialog'),
    ],
  };
  const manifest = { name: 'agentpool-signals', version: '1.0.0', hooks: 'hooks.json' };
  return {
    [join(PLUGIN, 'plugin.json')]: JSON.stringify(manifest),
    [join(PLUGIN, 'hooks.json')]: JSON.stringify({ version: 1, hooks }),
  };
}
