import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, parseJson, record } from '../contract/limits/values.ts';
import { type SessionWords, textParts } from '../contract/session-words.ts';
import { codexLog } from './token-log.ts';

/**
 * `$CODEX_HOME/sessions/YYYY/MM/DD/rollout-*.jsonl` (0.169.0). Codex takes no id for a session: the worker's own is the
 * one in which its task was given, as the word in it shows.
 */
export const codexWords: SessionWords = {
  find: ({ word, since, place }) => {
    const [sessions = ''] = codexLog.roots(place);
    return (
      daysFrom(since)
        .flatMap((day) => filesIn(join(sessions, day)))
        .filter((path) => statSync(path).mtime >= since)
        .find((path) => wasAskedFor(path, word)) ?? null
    );
  },
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

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => codexLog.isLog(name))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** The task comes within the first lines, behind the instructions. */
const HEAD_BYTES = 1024 * 1024;

function wasAskedFor(path: string, word: string): boolean {
  return headOf(path)
    .split('\n')
    .filter((line) => line.includes(word))
    .some((line) => isTaskWith(word, record(parseJson(line))));
}

function isTaskWith(word: string, line: Json | null): boolean {
  const message = line?.type === 'response_item' ? record(line.payload) : null;
  const text = message?.role === 'user' ? textParts(message.content, ['input_text']) : null;
  return text?.includes(`_${word}_x`) ?? false;
}

function headOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}
