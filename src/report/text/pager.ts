import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Env, homeFolder } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { start } from '../../lib/process/start.ts';
import { write } from './lines.ts';
import { columnsOf, isTerminal, rowsOf } from './style.ts';
import { widthOf } from './width.ts';

/** What a pager of less's kind does unless its user says otherwise: ends on one screen, keeps colours and the screen. */
const LESS = 'FRX';

/** Texts with their line ends, as they come. */
export type Texts = Iterable<string> | AsyncIterable<string>;

/** Prints the texts; each is asked for when the one before is written. */
export async function pour(texts: Texts, stdout: Writable): Promise<void> {
  for await (const text of texts) await write(stdout, text);
}

/**
 * The same, through the user's pager from the moment that they are longer than the terminal: $AGENTPOOL_PAGER, $PAGER,
 * less. An empty one, or `cat`, is none. Who quits the pager ends it: what was not asked for yet is never made.
 */
export async function page(texts: Texts, stdout: Writable, env: Env): Promise<void> {
  if (!isTerminal(stdout)) return pour(texts, stdout);
  const rest = flow(texts);
  let screen = '';
  let pager: string | null = null;
  for (let next = await rest.next(); !next.done; next = await rest.next()) {
    screen += next.value;
    if (heightOf(screen, stdout) <= rowsOf(stdout)) continue;
    pager = await pagerOf(env);
    break;
  }
  const whole = flow([screen], rest);
  await (pager === null ? pour(whole, stdout) : through(pager, whole, env));
}

async function* flow(...many: Texts[]): AsyncGenerator<string> {
  for (const texts of many) yield* texts;
}

/** How many lines of the terminal a text takes, with that of the prompt behind it. */
function heightOf(text: string, stdout: Writable): number {
  const columns = columnsOf(stdout);
  return text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
}

async function pagerOf(env: Env): Promise<string | null> {
  const named = (env.AGENTPOOL_PAGER ?? env.PAGER ?? 'less').trim();
  return named === '' || named === 'cat' || !(await isWanted(env)) ? null : named;
}

/** What the config says. One that is wrong forbids nothing: whoever wants to mend it needs help to read. */
async function isWanted(env: Env): Promise<boolean> {
  const { loadConfig } = await import('../../config/load.ts');
  try {
    return (await loadConfig(homeFolder(env), env)).config.pager;
  } catch (error) {
    if (error instanceof AgentPoolError) return true;
    throw error;
  }
}

/**
 * 126 and 127 are the shell's words for a program that is not there: then nobody has read, and cat prints it all. The
 * trap is the shell's alone: without it Ctrl-C, which is the pager's, would end the shell and leave it with the terminal.
 */
const script = (pager: string) => `trap : INT\n${pager}\ncase $? in 126 | 127) exec cat ;; esac`;

async function through(pager: string, texts: Texts, env: Env): Promise<void> {
  const ignore = () => {};
  process.on('SIGINT', ignore);
  try {
    const child = start('/bin/sh', ['-c', script(pager)], {
      stdio: ['pipe', 'inherit', 'inherit'],
      env: { LESS, ...env },
    });
    const [fed, ended] = await Promise.allSettled([pipeline(texts, child.stdin), once(child, 'close')]);
    if (ended.status === 'rejected') throw ended.reason;
    if (fed.status === 'rejected' && !isQuit(fed.reason)) throw fed.reason;
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** The pager has ended before the texts did. */
const isQuit = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED';
