import { styleText } from 'node:util';
import { moment } from '../../usage/capacity/window-words.ts';
import type { Headroom, Status } from '../../workers/core/status-schema.ts';

export const statuslineFormats = ['plain', 'claude', 'tmux'] as const;
export type StatuslineFormat = (typeof statuslineFormats)[number];

type Color = 'green' | 'yellow' | 'red' | 'dim';

const TMUX: Record<Color, string> = { green: 'fg=green', yellow: 'fg=yellow', red: 'fg=red', dim: 'dim' };

const painted: Record<StatuslineFormat, (color: Color, text: string) => string> = {
  plain: (_, text) => text,
  claude: (color, text) => styleText(color, text, { validateStream: false }),
  tmux: (color, text) => `#[${TMUX[color]}]${text}#[default]`,
};

/** `codex 79% · claude 4% until 14:00 · 2 wait`: what is left of each subscription, and how many workers wait. */
export function statusline(
  { providers, waiting, workers }: Status,
  format: StatuslineFormat,
  { least, now }: { least: number; now: Date },
): string {
  const paint = painted[format];
  const reported = providers.filter(({ remaining_percent }) => remaining_percent !== null);
  const parts = reported.map((each) => headroom(each, { paint, least, now }));
  const working = workers.length - waiting;
  if (working > 0) parts.push(paint('dim', `${working} live`));
  if (waiting > 0) parts.push(paint('yellow', `${waiting} ${waiting === 1 ? 'waits' : 'wait'}`));
  return parts.length > 0 ? parts.join(paint('dim', ' · ')) : paint('dim', 'agentpool: no limits known yet');
}

function headroom(
  { provider_id, remaining_percent, reset_at, stale }: Headroom,
  { paint, least, now }: { paint: (color: Color, text: string) => string; least: number; now: Date },
): string {
  const left = remaining_percent ?? 0;
  const figure = `${stale ? '~' : ''}${Math.round(left)}%`;
  const until = left < least && reset_at !== null ? ` until ${moment(reset_at, now, undefined)}` : '';
  const color = left < least ? 'red' : left < 20 ? 'yellow' : 'green';
  return `${provider_id.replace(/-(cli|code)$/, '')} ${paint(stale ? 'dim' : color, figure)}${paint('dim', until)}`;
}
