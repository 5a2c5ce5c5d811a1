import { createContext, Script } from 'node:vm';
import { AgentPoolError } from '../../../lib/errors.ts';

/**
 * How long the patterns of a user's own rules may take for one screen, in milliseconds. Ours take about one; a pattern
 * that backtracks without end would stop the watcher, and with it every worker.
 */
const LIMIT_MS = 2000;

/** Where each pattern is written, for the error. */
const places = new Map<string, string>();

/** A pattern of a user's own rules: if it takes too long, it is given up with RULES_INVALID. */
export class UsersPattern extends RegExp {
  /** Names the file and the rule that this pattern is in. */
  static at(pattern: RegExp, place: string): UsersPattern {
    places.set(pattern.source, place);
    return new UsersPattern(pattern.source, pattern.flags);
  }

  override exec(text: string): RegExpExecArray | null {
    return withinLimit(() => {
      running = this.source;
      return super.exec(text);
    });
  }
}

let running: string | null = null;
let isLimited = false;
let limiter: { context: { work: (() => unknown) | null }; script: Script } | null = null;

/** Runs `work`, in which every pattern together may take so long. Only a script of node:vm can be stopped. */
export function withinLimit<T>(work: () => T, limitMs = LIMIT_MS): T {
  if (isLimited) return work();
  limiter ??= { context: createContext({ work: null }) as { work: null }, script: new Script('work()') };
  limiter.context.work = work;
  isLimited = true;
  try {
    return limiter.script.runInContext(limiter.context, { timeout: limitMs }) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw tooSlow(running ?? '', limitMs);
  } finally {
    isLimited = false;
    limiter.context.work = null;
  }
}

function tooSlow(pattern: string, limitMs: number): AgentPoolError {
  const place = places.get(pattern) ?? 'your detection rules';
  return new AgentPoolError(
    'RULES_INVALID',
    `${place}: the pattern ${pattern.slice(0, 200)} takes more than ${limitMs} ms on a screen: it backtracks without end. Write it without a repetition inside a repetition.`,
    { pattern, example: 'agentpool detectors validate' },
  );
}

/** How long a pattern may take for all the texts that are tried on it, in milliseconds. */
const TRIAL_MS = 1000;

/**
 * Whether a pattern backtracks without end on some text that it nearly matches. Tries texts made of the pattern's own
 * characters: each alone and each pair, repeated, up to a character that ends the match.
 */
export function backtracks(pattern: RegExp, limitMs = TRIAL_MS): boolean {
  const prefix = /^\^?([\w ]*)/.exec(pattern.source)?.[1] ?? '';
  const rest = pattern.source.replace(prefix, '');
  const literal = rest.replaceAll(/\\[wdsb]|\(\?[:=!<]*|\\u\{?[0-9a-f]+\}?/gi, ' ');
  const known = [...new Set(literal.replaceAll(/[\\^$.*+?()[\]{}|]/g, ''))].slice(0, 8);
  const characters = [...new Set([...known, 'a', '0', ' ', '-'])];
  const pairs = characters.flatMap((first) => characters.map((second) => first + second));
  const ends = ['\u0000', ...known.slice(0, 3)];
  const texts = [...characters, ...pairs].flatMap((pump) => {
    const long = pump.repeat(Math.ceil(60 / pump.length));
    return ends.flatMap((end) => [long + end, prefix + long + end]);
  });
  try {
    withinLimit(() => {
      for (const text of texts) {
        pattern.lastIndex = 0;
        pattern.test(text);
      }
    }, limitMs);
    return false;
  } catch (error) {
    if (error instanceof AgentPoolError) return true;
    throw error;
  }
}
