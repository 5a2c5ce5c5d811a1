import { join } from 'node:path';
import { packageRoot } from '../../lib/package-root.ts';
import { LINE_SUBMIT, type Provider } from '../contract/provider.ts';

/** Agents of our own that cost nothing: they show every command and every state without a subscription. */
const NAMES: Record<string, string> = {
  'fake-question': 'Fake agent that asks',
  'fake-approval': 'Fake agent that wants an approval',
  'fake-completed': 'Fake agent that completes',
  'fake-idle': 'Fake agent that idles',
  'fake-limit': 'Fake agent at its limit',
  'fake-patch': 'Fake agent that edits files',
};

export const fakeProviders: readonly Provider[] = Object.entries(NAMES).map(([id, displayName]) =>
  nodeAgent(id, displayName, join(packageRoot(), 'fixtures', 'agents', `${id}.mjs`)),
);

/** An agent that is a Node program and takes its task as its last argument. */
export function nodeAgent(id: string, displayName: string, file: string): Provider {
  return {
    id,
    displayName,
    harness: 'fake',
    rules: 'general',
    promptMode: 'arg',
    submit: LINE_SUBMIT,
    interruptKeys: ['C-c'],
    find: async () => [process.execPath, file],
    launch: ({ program, prompt, promptMode }) => ({
      command: [...program, ...(promptMode === 'arg' ? [prompt] : [])],
      env: {},
    }),
  };
}
