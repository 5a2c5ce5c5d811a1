import type { Finished } from '../../lib/process/child.ts';
import {
  type Auth,
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  type ModelDescriptor,
  model,
  type ProviderDescriptor,
  unknownAuth,
} from '../contract/descriptor.ts';
import { printedJson } from '../contract/limits/values.ts';

/** `agent status --format json`: isAuthenticated, next to the account's e-mail, which is left where it is. */
export function parseCursorAuth(run: Pick<Finished, 'stdout'>): Auth {
  // An older agent prints prose.
  const status = printedJson(run.stdout);
  if (status?.isAuthenticated === true || status?.status === 'authenticated')
    return { status: 'authenticated', confidence: 'local_cli', reason: 'signed in' };
  if (status?.isAuthenticated === false || status?.status === 'unauthenticated')
    return { status: 'unauthenticated', confidence: 'local_cli', reason: 'signed out: agent login' };
  return unknownAuth('agent status is not understood');
}

/** `agent models`: lines `id - Name`, the current one marked. Seen in third-party notes only. */
export function parseCursorModels(printed: string): ModelDescriptor[] {
  return printed.split('\n').flatMap((line) => {
    const [, id, name] =
      /^\s*([a-z0-9][\w.-]*) +- +(\S.{0,60}?)(?: +\((?:current|default|current, default)\))?\s*$/.exec(
        line,
      ) ?? [];
    return id && name
      ? [model(id, { display_name: name, source: 'cli_detected', confidence: 'local_cli' })]
      : [];
  });
}

export const cursorCli: ProviderDescriptor = {
  id: 'cursor-cli',
  display_name: 'Cursor Agent CLI',
  vendor: 'Cursor',
  harness: 'cursor-cli',
  install: 'see https://cursor.com/docs/cli/installation',
  sign_in: 'agent login',
  commands: [{ words: ['agent'], version: /^\d{4}\.\d{2}\.\d{2}/m }, { words: ['cursor-agent'] }],
  version_args: ['--version'],
  capabilities: [
    ...COMMON_CAPABILITIES,
    'supports_model_arg',
    'supports_usage_probe',
    'supports_resume',
    'supports_one_shot_mode',
  ],
  auth: { args: ['status', '--format', 'json'], parse: parseCursorAuth },
  model_list: { args: ['models'], parse: parseCursorModels },
  settings: {
    ...COMMON_SETTINGS,
    default_model: 'auto',
    smoke_model: 'auto',
    default_initial_prompt_mode: 'arg',
    read_only_mode_arg: 'ask',
    catalog_completeness: 'names_that_cursor_documents',
    quirks: [
      'binary_may_be_agent_or_cursor-agent',
      'read_only_uses_ask_mode',
      'native_usage_interactive_slash_usage_only',
      'reasoning_is_encoded_in_model_ids',
    ],
  },
  models: [
    model('auto', { display_name: 'Cursor picks', metadata: { family: 'auto' } }),
    model('composer-2.5', { display_name: 'Composer 2.5', metadata: { family: 'composer' } }),
  ],
};
