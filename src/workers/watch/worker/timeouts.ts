import type { AppContext } from '../../core/context.ts';
import type { Timeouts } from '../../sight/seen.ts';

/** How long the screen of a working worker must be quiet before it counts as idle: agents pause between two steps. */
const IDLE_MS = 1000;

/** How long the screens of workers must be quiet, by the current config. */
export const timeouts = ({ config }: AppContext): Timeouts => ({
  idleMs: IDLE_MS,
  unknownMs: config.runtime.tmux.idle_seconds * 1000,
});
