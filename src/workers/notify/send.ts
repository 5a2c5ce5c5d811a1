import type { Config } from '../../config/schema.ts';
import { runToEnd } from '../../lib/process/child.ts';
import { stripControl } from '../../lib/text/plain-text.ts';
import type { AppContext } from '../core/context.ts';
import { ringFor } from './bell.ts';
import { notificationTitle } from './notification.ts';
import type { Notification } from './notification-schema.ts';

export type NotifyWay = Config['notify'];

/** How long the user's program may take, in milliseconds; then it is ended with all its children. */
export const NOTIFY_MS = 5000;
const BODY_CHARS = 160;

/**
 * Sends a notification in the way that the config names. Takes at most NOTIFY_MS.
 * @throws Error with the reason why it could not be sent.
 */
export async function sendNotification(
  app: Pick<AppContext, 'paths' | 'config' | 'env' | 'home'>,
  news: Notification,
  stop: AbortSignal,
): Promise<void> {
  const { notify } = app.config;
  if (notify === 'off') return;
  if (notify === 'bell') return ringFor(app, news.session_id);
  const words = notify === 'desktop' ? desktopCommand(news, process.platform) : notify.command;
  await runProgram(words, notify === 'desktop' ? '' : `${JSON.stringify(news)}\n`, app, stop);
}

/** The system's own tool. The texts are separate arguments: no script is built from them. */
export function desktopCommand(news: Notification, platform: NodeJS.Platform): string[] {
  const title = notificationTitle(news);
  const body = stripControl(news.task).replace(/\s+/g, ' ').slice(0, BODY_CHARS);
  if (platform === 'darwin') {
    const script = [
      'on run argv',
      'display notification (item 2 of argv) with title "AgentPool" subtitle (item 1 of argv)',
      'end run',
    ];
    return ['osascript', ...script.flatMap((line) => ['-e', line]), title, body];
  }
  return ['notify-send', '--app-name=AgentPool', '--', title, body];
}

async function runProgram(
  words: readonly string[],
  input: string,
  { env, home }: Pick<AppContext, 'env' | 'home'>,
  stop: AbortSignal,
): Promise<void> {
  const [command = '', ...args] = words;
  const over = new AbortController();
  const end = () => over.abort();
  const timer = setTimeout(end, NOTIFY_MS);
  stop.addEventListener('abort', end);
  if (stop.aborted) end();
  try {
    const { code, signal, error, timed_out } = await runToEnd(
      { command, args, env: { ...env, AGENTPOOL_HOME: home }, cwd: home },
      over.signal,
      input,
    );
    if (error) throw new Error(`${command} could not be started (${error})`);
    if (timed_out) throw new Error(`${command} did not end within ${NOTIFY_MS / 1000} s and was ended`);
    if (code !== 0) throw new Error(`${command} ended with ${signal ?? `code ${code}`}`);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', end);
  }
}
