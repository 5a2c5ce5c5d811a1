import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { record } from '../contract/limits/values.ts';
import { type SessionWords, textParts } from '../contract/session-words.ts';
import { namesIn } from '../contract/text-files.ts';
import { claudeLog } from './token-log.ts';

/** `~/.claude/projects/<project>/<session>.jsonl` (2.1.330). */
export const claudeWords: SessionWords = {
  find: ({ session, place }) => {
    for (const root of claudeLog.roots(place))
      for (const project of namesIn(root)) {
        const path = join(root, project, `${session}.jsonl`);
        if (existsSync(path)) return path;
      }
    return null;
  },
  said: ({ type, isSidechain, message }) =>
    type === 'assistant' && isSidechain !== true ? textParts(record(message)?.content, ['text']) : null,
};
