import { statSync } from 'node:fs';
import { join } from 'node:path';
import { taskMark } from '../contract/conversation.ts';
import { type Json, parseJson, record } from '../contract/limits/values.ts';
import { type SessionOwner, type SessionWords, textParts } from '../contract/session-words.ts';
import { headLines, namesIn } from '../contract/text-files.ts';
import { codexLog } from './token-log.ts';

/**
 * `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-*.jsonl` (0.169.0). Codex takes no id for a session: the worker's own is the
 * one in which its task was given, as the word in it shows.
 */
export const codexWords: SessionWords = {
  find: (owner) => rolloutsAskedFor(owner)[0] ?? null,
  said: ({ type, payload }) => {
    const message = type === 'response_item' ? record(payload) : null;
    return message?.role === 'assistant' ? textParts(message.content, ['output_text']) : null;
  },
  ran: ({ type, payload }) => {
    const call = type === 'response_item' ? record(payload) : null;
    if (call?.type !== 'function_call') return null;
    const { cmd, command } = record(parseJson(String(call.arguments))) ?? {};
    // `exec_command` has a text; `shell` of earlier versions has words, the last of which is the script.
    const script = cmd ?? (Array.isArray(command) ? command.at(-1) : command);
    return typeof script === 'string' ? script : null;
  },
};

/** The rollouts in which the task with this word was given: one, unless the conversation was forked. */
export function rolloutsAskedFor({
  word,
  since,
  place,
}: Pick<SessionOwner, 'word' | 'since' | 'place'>): string[] {
  const [sessions = ''] = codexLog.roots(place);
  return daysFrom(since)
    .flatMap((day) => filesIn(join(sessions, day)))
    .filter((path) => statSync(path).mtime >= since && wasAskedFor(path, word));
}

/** The folders of the day on which a session can have begun, in any time zone. */
function daysFrom(since: Date): string[] {
  const day = 24 * 60 * 60 * 1000;
  return [-1, 0, 1].map((days) => {
    const [year = '', month = '', date = ''] = new Date(since.getTime() + days * day)
      .toISOString()
      .slice(0, 10)
      .split('-');
    return join(year, month, date);
  });
}

const filesIn = (folder: string): string[] =>
  namesIn(folder)
    .filter((name) => codexLog.isLog(name))
    .map((name) => join(folder, name));

const wasAskedFor = (path: string, word: string): boolean =>
  headLines(path, word).some((line) => isTaskWith(word, line));

function isTaskWith(word: string, line: Json): boolean {
  const message = line.type === 'response_item' ? record(line.payload) : null;
  const text = message?.role === 'user' ? textParts(message.content, ['input_text']) : null;
  return text?.includes(taskMark(word)) ?? false;
}
