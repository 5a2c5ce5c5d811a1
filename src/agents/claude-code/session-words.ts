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
  ran: ({ type, isSidechain, message }) => {
    const content = type === 'assistant' && isSidechain !== true ? record(message)?.content : null;
    const parts = Array.isArray(content) ? content.map((part) => record(part)) : [];
    const call = parts.find((part) => part?.type === 'tool_use' && part.name === 'Bash');
    const command = record(call?.input)?.command;
    return typeof command === 'string' ? command : null;
  },
};
