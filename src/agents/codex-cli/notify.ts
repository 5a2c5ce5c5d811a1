import { shellLine } from '../../lib/text/shell.ts';
import type { ProgramPlace } from '../contract/launch.ts';
import type { SignalCommand } from '../contract/signal-hooks.ts';
import { codexConfig } from './config-toml.ts';

/**
 * The program that Codex runs at the end of a turn, with one JSON word more: our signal, then the user's own `notify`
 * program where their config.toml names one, which ours takes the place of. Codex also runs it for the thread that
 * makes a title: only a screen at rest makes it an end.
 */
export function notifyCommand(signal: NonNullable<SignalCommand>, place: ProgramPlace): string[] {
  const ours = signal('turn_ended');
  const own = ownNotify(codexConfig(place));
  return own ? ['/bin/sh', '-c', `${shellLine(ours)}; exec "$@"`, 'sh', ...own] : ours;
}

/** A basic or a literal string of TOML, a comment, or anything else that an array may hold. */
const TOKENS = /"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[\s,]+|\]|./gy;

/**
 * The words of the top-level `notify = ["program", ...]` of a config.toml; null where there is none, or where it is
 * written in a way that is not understood. Only this one key is read, so no parser of all of TOML is needed.
 */
export function ownNotify(toml: string): string[] | null {
  const [top = ''] = toml.split(/^[ \t]*\[/m);
  const start = /^[ \t]*notify[ \t]*=[ \t]*\[/m.exec(toml);
  if (!start || start.index > top.length) return null;
  const words: string[] = [];
  for (const [token] of toml.slice(start.index + start[0].length).matchAll(TOKENS)) {
    if (token === ']') return words.length > 0 ? words : null;
    if (/^[\s,#]/.test(token)) continue;
    const word = token.startsWith("'") ? token.slice(1, -1) : basicString(token);
    if (word === null) return null;
    words.push(word);
  }
  return null;
}

/** TOML's escapes are JSON's, but for a few that no path has. */
function basicString(token: string): string | null {
  try {
    const word: unknown = JSON.parse(token);
    return typeof word === 'string' ? word : null;
  } catch {
    return null;
  }
}
