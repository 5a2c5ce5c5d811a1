import { randomBytes } from 'node:crypto';
import { LEAVING_WORDS, lastWordLists, shellMode, slashCommand } from '../contract/input-words.ts';
import {
  type AgentLaunch,
  type Launch,
  type LaunchRequest,
  modelArgs,
  type ProgramPlace,
} from '../contract/launch.ts';
import { opencodeConversations } from './conversation.ts';
import { EVENTS_FILE, followOpencode } from './events.ts';

/** Flags as `opencode --help` of 1.18.33 has them, and the variables that this binary reads. */
export const opencodeLaunch: AgentLaunch = {
  submit: { pastedPlaceholder: /\[Pasted ~\d+ lines?[^\]]*\]/, queued: /\bQUEUED\b/, clearsBox: true },
  // Each tried on 1.18.33. A backslash at the end is a word there.
  takes: [LEAVING_WORDS, shellMode('before'), slashCommand('before'), lastWordLists('@')],
  // The first one asks whether it is meant.
  interruptKeys: ['Escape', 'Escape'],
  dialogWords: { afterEnter: /^type your own answer/i },
  // From 121 columns on a sidebar shares the rows of its text.
  widest: 120,
  listens: true,
  follow: followOpencode,
  conversations: opencodeConversations,
  start: (request, settings) => {
    const served = serve(request);
    return {
      args: [
        ...(request.resumes ? ['--session', request.resumes.id] : []),
        ...modelArgs(request, settings),
        ...served.command,
      ],
      env: { ...permissions(request), ...served.env, OPENCODE_DISABLE_AUTOUPDATE: '1' },
      files: served.files ?? {},
    };
  },
  promptArgs: (prompt) => ['--prompt', prompt],
};

/** Laid over the permissions of the user's config for this one process. */
const permissions = ({ readOnly }: LaunchRequest): Record<string, string> =>
  readOnly ? { OPENCODE_PERMISSION: JSON.stringify({ edit: 'deny', bash: 'ask' }) } : {};

/**
 * Its events, served on 127.0.0.1 behind a password. Not by a plugin: with one, OpenCode waits at its start
 * until it has installed a package into the user's config folder.
 */
function serve({ port, program, place }: LaunchRequest): Launch {
  if (port === null || program.some((word) => word.startsWith('--port')))
    return { command: [], env: {}, files: {} };
  const password = randomBytes(16).toString('hex');
  return {
    command: ['--port', String(port), '--hostname', '127.0.0.1'],
    env: { OPENCODE_SERVER_PASSWORD: password, ...unproxied(place.env) },
    files: { [EVENTS_FILE]: JSON.stringify({ port, password }) },
  };
}

/** Its own TUI asks that server too, and would ask it through the user's proxy. */
function unproxied(env: ProgramPlace['env']): Record<string, string> {
  const hosts = [env.NO_PROXY || env.no_proxy, '127.0.0.1', 'localhost'].filter(Boolean).join(',');
  return { NO_PROXY: hosts, no_proxy: hosts };
}
