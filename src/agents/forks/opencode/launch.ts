import { randomBytes } from 'node:crypto';
import { LEAVING_WORDS, lastWordLists, shellMode, slashCommand } from '../../contract/input-words.ts';
import {
  type AgentLaunch,
  type Launch,
  type LaunchRequest,
  modelArgs,
  type ProgramPlace,
} from '../../contract/launch.ts';
import type { TokenLog } from '../../contract/tokens/use.ts';
import { opencodeConversations } from './conversation.ts';
import { EVENTS_FILE, followOpencode } from './events.ts';

/** What OpenCode and its forks name differently. */
export interface Fork {
  /** The beginning of the variables that its program reads. */
  variables: string;
  /** The user of the server beside its TUI. */
  user: string;
  /** Its database, which holds its conversations too. */
  log: TokenLog;
  /** Choices of its dialogs that take words in a field that Enter opens. */
  afterEnter?: RegExp;
  /** More variables of its start. */
  env?: Readonly<Record<string, string>>;
}

/** Flags as `opencode --help` of 1.18.33 and `kilo --help` of 7.7.9 have them, and the variables that they read. */
export const opencodeLaunch = ({
  variables,
  user,
  log,
  afterEnter = /^type your own answer/i,
  env = {},
}: Fork): AgentLaunch => ({
  submit: { pastedPlaceholder: /\[Pasted ~\d+ lines?[^\]]*\]/, queued: /\bQUEUED\b/, clearsBox: true },
  // Each tried on OpenCode 1.18.33. A backslash at the end is a word there.
  takes: [LEAVING_WORDS, shellMode('before'), slashCommand('before'), lastWordLists('@')],
  // The first one asks whether it is meant.
  interruptKeys: ['Escape', 'Escape'],
  dialogWords: { afterEnter },
  // From 121 columns on a sidebar shares the rows of its text.
  widest: 120,
  listens: true,
  follow: followOpencode,
  conversations: opencodeConversations(log),
  start: (request, settings) => {
    const served = serve(request, variables, user);
    return {
      args: [
        ...(request.resumes ? ['--session', request.resumes.id] : []),
        ...modelArgs(request, settings),
        ...served.command,
      ],
      env: {
        ...permissions(request, variables),
        ...served.env,
        [`${variables}_DISABLE_AUTOUPDATE`]: '1',
        ...env,
      },
      files: served.files ?? {},
    };
  },
  promptArgs: (prompt) => ['--prompt', prompt],
});

/** Laid over the permissions of the user's config for this one process. */
const permissions = ({ readOnly }: LaunchRequest, variables: string): Record<string, string> =>
  readOnly ? { [`${variables}_PERMISSION`]: JSON.stringify({ edit: 'deny', bash: 'ask' }) } : {};

/**
 * Its events, served on 127.0.0.1 behind a password. Not by a plugin: with one, OpenCode waits at its start
 * until it has installed a package into the user's config folder.
 */
function serve({ port, program, place }: LaunchRequest, variables: string, user: string): Launch {
  if (port === null || program.some((word) => word.startsWith('--port')))
    return { command: [], env: {}, files: {} };
  const password = randomBytes(16).toString('hex');
  return {
    command: ['--port', String(port), '--hostname', '127.0.0.1'],
    env: { [`${variables}_SERVER_PASSWORD`]: password, ...unproxied(place.env) },
    files: { [EVENTS_FILE]: JSON.stringify({ port, user, password }) },
  };
}

/** Its own TUI asks that server too, and would ask it through the user's proxy. */
function unproxied(env: ProgramPlace['env']): Record<string, string> {
  const hosts = [env.NO_PROXY || env.no_proxy, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  return { NO_PROXY: hosts, no_proxy: hosts };
}
