import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { record } from '../contract/limits/values.ts';
import type { SessionWords } from '../contract/session-words.ts';
import { copilotLog } from './token-log.ts';

/** `$COPILOT_HOME/session-state/<session>/events.jsonl` (1.0.102). It always draws on the alternate screen. */
export const copilotWords: SessionWords = {
  find: ({ session, place }) =>
    copilotLog
      .roots(place)
      .map((root) => join(root, session, 'events.jsonl'))
      .find((path) => existsSync(path)) ?? null,
  said: ({ type, data }) => {
    const { content, parentToolCallId } = record(data) ?? {};
    const isMain = type === 'assistant.message' && (parentToolCallId ?? null) === null;
    return isMain && typeof content === 'string' ? content : null;
  },
  ran: ({ type, data }) => {
    const call = type === 'tool.execution_start' ? record(data) : null;
    const command = call?.toolName === 'bash' ? record(call.arguments)?.command : null;
    return typeof command === 'string' ? command : null;
  },
};
