import { cell, type Line, line, wrapped } from '../text/line.ts';
import { blockRows } from './limit-rows.ts';
import type { FooterKey, State } from './state.ts';

const OWN: readonly (readonly [keys: string, what: string])[] = [
  ['↑ ↓  j k', 'Select a worker; g and G the first and the last'],
  ['1 2 3 4', 'Show its screen, diff, timeline or facts; ← → and Tab go on'],
  ['PgUp PgDn', 'Scroll what is shown; the mouse wheel, too'],
  ['w', 'Wrap long rows of what is shown, or cut them'],
  ['/', 'Filter by task, agent, state, id, model or branch'],
  ['u', 'Show all limits'],
  ['Ctrl-L', 'Draw everything again'],
  ['Ctrl-Z', 'Suspend; fg comes back'],
  ['q', 'Quit; the workers go on'],
];

const SIGNS: readonly (readonly [sign: string, what: string])[] = [
  ['? !', 'a question, an approval: it waits for you'],
  ['◌ ○ ●', 'starting; ready or idle; running'],
  ['‖ …', 'parked until a limit resets; queued'],
  ['✓ ✗ –', 'completed; failed or lost; cancelled'],
  ['█░│', 'used, left, and where time is: fill beyond the line is faster than time'],
];

const KEY_COLUMN = 11;

/** Every key and every sign; below a key that does nothing now, why. */
export function helpLines(keys: readonly FooterKey[], width: number): Line[] {
  const own = new Set(['/', '?', 'q']);
  const actions = keys.filter(({ key }) => !own.has(key));
  const room = Math.max(10, width - KEY_COLUMN);
  const row = ([name, what]: readonly [string, string]): Line[] =>
    wrapped(what, room).map((part, at) =>
      line(...cell(at === 0 ? name : '', KEY_COLUMN, { fg: 'key', bold: true }), ...part),
    );
  const reason = (why: string | null): Line[] =>
    why === null
      ? []
      : wrapped(`Not now: ${why}`, room, { fg: 'quiet' }).map((part) =>
          line(...cell('', KEY_COLUMN), ...part),
        );
  return [
    ...OWN.flatMap((each) => row(each)),
    [],
    ...actions.flatMap(({ key, help, why }) => [
      ...row([key === 'enter' ? 'Enter' : key, help]),
      ...reason(why),
    ]),
    [],
    ...SIGNS.flatMap((each) => row(each)),
  ];
}

/** Every limit of every subscription. */
export const limitPages = ({ snapshot, now }: State, width: number): Line[] =>
  snapshot ? blockRows(snapshot.subscriptions, width, now, snapshot.least) : [];
