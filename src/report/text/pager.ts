import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Env, homeFolder } from '../../config/paths.ts';
import { AgentPoolError } from '../../lib/errors.ts';
import { start } from '../../lib/process/start.ts';
import { shown } from '../../lib/text/shown.ts';
import { write } from './lines.ts';
import { columnsOf, isTerminal, rowsOf } from './style.ts';
import { widthOf } from './width.ts';

/** The default flags for less: exit if the text fits on one screen, keep colours, do not clear the screen. */
const LESS = 'FRX';

/** Texts with their line ends, as they arrive. */
export type Texts = Iterable<string> | AsyncIterable<string>;

/** Prints the texts. Requests each one only after the previous one is written. */
export async function pour(texts: Texts, stdout: Writable): Promise<void> {
  for await (const text of texts) await write(stdout, text);
}

/**
 * Prints the texts, through the user's pager if they are longer than the terminal: $AGENTPOOL_PAGER, $PAGER, less. An
 * empty one, or `cat`, means no pager. Quitting the pager ends the output: the remaining texts are never requested.
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

async function* flowShown(texts: Texts): AsyncGenerator<string> {
  for await (const text of texts) yield shown(text);
}

/** The number of terminal lines that a text takes, with one for the prompt that follows. */
function heightOf(text: string, stdout: Writable): number {
  const columns = columnsOf(stdout);
  return text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
}

async function pagerOf(env: Env): Promise<string | null> {
  const named = (env.AGENTPOOL_PAGER ?? env.PAGER ?? 'less').trim();
  return named === '' || named === 'cat' || !(await isWanted(env)) ? null : named;
}

/** Whether the config allows a pager. An invalid config does not turn it off: fixing it needs long help. */
async function isWanted(env: Env): Promise<boolean> {
  const { loadConfig } = await import('../../config/file/load.ts');
  try {
    return (await loadConfig(homeFolder(env), env)).config.pager;
  } catch (error) {
    if (error instanceof AgentPoolError) return true;
    throw error;
  }
}

/**
 * The shell exits with 126 or 127 if the pager cannot run: then the input is unread, and cat prints it all. The trap
 * keeps the shell running on Ctrl-C, which is meant for the pager: else the shell would end and leave the pager on the
 * terminal.
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
    // The pager is no stream of the command: its texts are made safe here.
    const [fed, ended] = await Promise.allSettled([
      pipeline(flowShown(texts), child.stdin),
      once(child, 'close'),
    ]);
    if (ended.status === 'rejected') throw ended.reason;
    if (fed.status === 'rejected' && !isQuit(fed.reason)) throw fed.reason;
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** The pager has ended before the texts did. */
const isQuit = ({ code }: NodeJS.ErrnoException): boolean =>
  code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED';
