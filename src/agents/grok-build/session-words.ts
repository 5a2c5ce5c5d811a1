import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from '../contract/limits/values.ts';
import type { SessionOwner, SessionWords } from '../contract/session-words.ts';
import { namesIn } from '../contract/text-files.ts';

/** The folder of a session, `$GROK_HOME/sessions/<folder worked in>/<session>` (1.0.41); null where there is none. */
export function sessionFolder(session: string, { env, home }: SessionOwner['place']): string | null {
  const root = join(text(env.GROK_HOME) ?? join(home, '.grok'), 'sessions');
  return (
    namesIn(root)
      .map((folder) => join(root, folder, session))
      .find((path) => existsSync(join(path, 'chat_history.jsonl'))) ?? null
  );
}

/** What has scrolled out of its transcript is on no screen. */
export const grokWords: SessionWords = {
  find: ({ session, place }) => {
    const folder = sessionFolder(session, place);
    return folder && join(folder, 'chat_history.jsonl');
  },
  said: ({ type, content }) => (type === 'assistant' && typeof content === 'string' ? content : null),
};
