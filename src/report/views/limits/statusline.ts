import { moment } from '../../../usage/capacity/window-words.ts';
import type { Headroom, Status } from '../../../workers/core/setup/status-schema.ts';
import { painted as paintedText } from '../../text/style.ts';

export const statuslineFormats = ['plain', 'claude', 'tmux'] as const;
export type StatuslineFormat = (typeof statuslineFormats)[number];

type Color = 'green' | 'yellow' | 'red' | 'dim';

const TMUX: Record<Color, string> = { green: 'fg=green', yellow: 'fg=yellow', red: 'fg=red', dim: 'dim' };

const colored = paintedText(true);
const painted: Record<StatuslineFormat, (color: Color, text: string) => string> = {
  plain: (_, text) => text,
  claude: (color, text) => colored[color](text),
  tmux: (color, text) => `#[${TMUX[color]}]${text}#[default]`,
};

/** `codex 79% · claude 4% until 14:00 · 2 wait`: what is left of each subscription, and how many workers wait. */
export function statusline(
  { providers, waiting, workers }: Status,
  format: StatuslineFormat,
  { least, now }: { least: number; now: Date },
): string {
  const paint = painted[format];
  const parts = providers.flatMap((each) => {
    const said = headroom(each, least, now);
    if (!said) return [];
    const name = each.provider_id.replace(/-(cli|code)(?=@|$)/, '');
    return [
      `${name} ${paint(said.color, said.figure)}${said.note === '' ? '' : paint('dim', ` ${said.note}`)}`,
    ];
  });
  const parked = workers.filter(({ state }) => state === 'PARKED');
  const working = workers.length - waiting - parked.length;
  if (working > 0) parts.push(paint('dim', `${working} live`));
  if (parked.length > 0) parts.push(paint('dim', `${parked.length} parked${soonest(parked, now)}`));
  if (waiting > 0) parts.push(paint('yellow', `${waiting} ${waiting === 1 ? 'waits' : 'wait'}`));
  return parts.length > 0 ? parts.join(paint('dim', ' · ')) : paint('dim', 'agentpool: no limits known yet');
}

/** When the first of the parked workers goes on. */
function soonest(parked: Status['workers'], now: Date): string {
  const first = parked.flatMap(({ parked_until: until }) => until ?? []).toSorted()[0];
  return first === undefined ? '' : ` until ${moment(first, now, undefined)}`;
}

interface Part {
  figure: string;
  note: string;
  color: Color;
}

/** What is left of a provider, by its verdict; null if nothing is known of it. */
function headroom(row: Headroom, least: number, now: Date): Part | null {
  const { remaining_percent: left, unusable_reason: reason, next_available_at: back, stale } = row;
  const percent = left === null ? null : `${stale ? '~' : ''}${Math.round(left)}%`;
  if (isAtLimit(row)) {
    const shown = left !== null && left < least ? percent : null;
    const until = back === null ? '' : `until ${moment(back, now, undefined)}`;
    return { figure: shown ?? 'limit reached', note: until, color: 'red' };
  }
  if (percent === null)
    return row.usable ? { figure: withoutFigure(row, now), note: '', color: 'green' } : null;
  const color = stale ? 'dim' : row.usable && left !== null && left >= 20 ? 'green' : 'yellow';
  return { figure: percent, note: reason === null ? '' : (WHY[reason] ?? whyNot(reason)), color };
}

/** Whether waiting for a reset is what makes it usable again. */
const isAtLimit = ({ usable, unusable_reason: reason, status }: Headroom): boolean =>
  !usable &&
  (reason === 'near_limit' || /_below_/.test(reason ?? '') || isReached(status)) &&
  !/^(?:policy|auth)_|^not_installed$/.test(reason ?? '');

const isReached = (status: Headroom['status']): boolean =>
  status === 'limit_reached' || status === 'overage_possible';

/** The verdicts that are no limit. A figure that is too old is marked by its `~`. */
const WHY: Record<string, string> = {
  usage_stale: '',
  policy_denied: 'denied',
  policy_not_allowed: 'not allowed',
  auth_unauthenticated: 'signed out',
};

const whyNot = (reason: string): string => reason.replace(/^confidence_/, '').replaceAll('_', ' ');

function withoutFigure({ unlimited, reset_at }: Headroom, now: Date): string {
  if (unlimited) return 'unlimited';
  return reset_at === null ? 'usable' : `reset ${moment(reset_at, now, undefined)}`;
}
