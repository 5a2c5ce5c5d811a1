import { fstatSync, readSync } from 'node:fs';
import { withOpenFile } from '../../lib/files/open-file.ts';
import { type Json, parseJson, record } from './limits/values.ts';

/** The worker whose session is looked for. */
export interface SessionOwner {
  /** The id that its agent was given for its session; an agent that takes none has its own. */
  session: string;
  /** The word of its result's markers, which its task spells out. */
  word: string;
  /** When it was requested. */
  since: Date;
  place: { env: Readonly<Record<string, string | undefined>>; home: string };
}

/** The file in which an agent keeps what was said in a session: whole, however small its screen is. */
export interface SessionWords {
  /** The file of the worker's own session, and of no other; null where there is none. */
  find(owner: SessionOwner): string | null;
  /** What the agent said to its reader in one line of it; null for what a tool printed, a user wrote, or a helper said. */
  said(line: Json): string | null;
  /** The shell command that the agent ran in one line of it; left out where its form is not known. */
  ran?(line: Json): string | null;
}

const MOST_BYTES = 8 * 1024 * 1024;

/** What the agent said in the session's last megabytes, the newest first; only messages that have `mark` in them. */
export function* saidWith(mark: string, path: string, { said }: SessionWords): Generator<string> {
  const lines = endOf(path).split('\n');
  for (const line of lines.reverse()) {
    if (!line.includes(mark)) continue;
    const entry = record(parseJson(line));
    const text = entry && said(entry);
    if (text?.includes(mark)) yield text;
  }
}

/** What the agent said last and the commands that it ran, oldest first, from the session's last megabytes. */
export function lastSaidAndRan(
  path: string,
  { said, ran }: SessionWords,
  most: { messages: number; commands: number },
): { messages: string[]; commands: string[] } {
  const messages: string[] = [];
  const commands: string[] = [];
  for (const line of endOf(path).split('\n')) {
    const entry = record(parseJson(line));
    if (!entry) continue;
    const text = said(entry)?.trim();
    if (text) messages.push(text);
    const command = ran?.(entry)?.trim();
    if (command) commands.push(command);
  }
  return { messages: messages.slice(-most.messages), commands: commands.slice(-most.commands) };
}

const endOf = (path: string): string =>
  withOpenFile(path, { flags: 'r' }, (file) => {
    const { size } = fstatSync(file);
    const start = Math.max(0, size - MOST_BYTES);
    const bytes = Buffer.alloc(size - start);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, bytes.length, start));
  });

/** The texts of a message's parts of these types, one below the other; null where it has none. */
export function textParts(content: unknown, types: readonly string[]): string | null {
  if (!Array.isArray(content)) return null;
  const texts = content.flatMap((part) => {
    const { type, text } = record(part) ?? {};
    return typeof text === 'string' && types.includes(String(type)) ? [text] : [];
  });
  return texts.length > 0 ? texts.join('\n') : null;
}
