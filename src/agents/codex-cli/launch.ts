import type { ModelSettings } from '../contract/descriptor.ts';
import { lastWordLists, shellMode, slashCommand } from '../contract/input-words.ts';
import { type AgentLaunch, type LaunchRequest, modelArgs } from '../contract/launch.ts';
import { codexConversations } from './conversation.ts';
import { notifyCommand } from './notify.ts';
import { codexWords } from './session-words.ts';

/** Not every version has them. On the alternate screen an answer that is longer than the screen is in no transcript. */
const NO_DAEMON = '--no-daemon';
const NO_ALT_SCREEN = '--no-alt-screen';

/** Flags as `codex --help` of 0.169.0 and 0.171.0 has them. */
export const codexCliLaunch: AgentLaunch = {
  submit: {
    pastedPlaceholder: /\[Pasted Content \d+ chars\]/,
    queued: /Queued (?:follow-up )?message|Messages to be submitted after/i,
    clearsBox: true,
    showsDraft: 'any',
  },
  // Each tried on 0.169.0. `exit`, `?`, `#` and a backslash at the end are words there.
  takes: [slashCommand('before'), shellMode('before'), lastWordLists('@$')],
  interruptKeys: ['Escape'],
  readsOnceDrawn: true,
  words: codexWords,
  conversations: codexConversations,
  versionOptions: [NO_DAEMON, NO_ALT_SCREEN],
  start: (request, settings) => ({
    args: [
      ...(request.resumes ? ['resume'] : []),
      ...ownServer(request),
      ...ownOption(request, NO_ALT_SCREEN),
      // An update in the middle of a worker's start would leave it at a menu.
      ...setting('check_for_update_on_startup', false),
      ...(request.readOnly ? ['--sandbox', 'read-only'] : []),
      ...modelArgs(request, settings),
      ...requests(request, settings),
      ...notifyArgs(request),
      // Without -C a dialog asks for the folder where it was moved, or is not that of the conversation.
      ...(request.resumes ? ['-C', request.resumes.folder, request.resumes.id] : []),
    ],
  }),
  promptArgs: (prompt) => ['--', prompt],
};

/**
 * Codex 0.171 runs the turns of all its processes with one CODEX_HOME in one background server: the commands of one
 * worker see the variables of another, and the turn of a worker that was killed goes on and writes.
 */
const ownServer = (request: LaunchRequest): string[] => ownOption(request, NO_DAEMON);

/** An option where this version has it and the user's own command does not name it. */
const ownOption = ({ program, versionOptions }: LaunchRequest, option: string): string[] =>
  versionOptions?.has(option) && !program.includes(option) ? [option] : [];

/** A notify in the user's own command stays theirs. */
function notifyArgs({ signal, program, place }: LaunchRequest): string[] {
  if (!signal || program.some((word) => /^(?:--config=)?notify=/.test(word))) return [];
  return setting('notify', notifyCommand(signal, place));
}

function requests({ reasoningEffort, serviceTier }: LaunchRequest, settings: ModelSettings): string[] {
  const { reasoning_effort_config_key: effort, service_tier_config_key: tier } = settings;
  return [
    ...(reasoningEffort !== null && effort !== null ? setting(effort, reasoningEffort) : []),
    ...(serviceTier !== null && tier !== null ? setting(tier, serviceTier) : []),
  ];
}

/** The value is read as TOML; a JSON string is one. */
const setting = (key: string, value: unknown): string[] => ['-c', `${key}=${JSON.stringify(value)}`];
