import type { Row } from '../screen/rows.ts';
import { type KeyHint, keyHints } from './key-hints.ts';

/**
 * What a key does: `stop` ends a turn, `take` answers a dialog, `close` leaves one without
 * an answer, `send` sends what is in the input.
 */
export const hintKinds = ['stop', 'take', 'close', 'send'] as const;
export type HintKind = (typeof hintKinds)[number];

const STOPS = /^(?:interrupt|stop|abort|cancel|halt)(?!\p{L})/u;
const TAKES =
  /^(?:select|confirm|submit|accept|toggle|answer|continue|proceed|approve|allow|choose|review|apply|open|run|trust|next)(?!\p{L})/u;
const CLOSES =
  /^(?:close|dismiss|exit|back|go back|cancel|quit|decline|deny|reject|skip|return|leave)(?!\p{L})/u;
const SENDS = /^(?:send|steer|queue)(?!\p{L})/u;

/** A hint is short; what goes on longer is prose. */
const MAX_WORDS = 4;

const kindsOf = ({ keys, action, isWhole }: KeyHint): HintKind[] => {
  if (!isWhole || action.split(' ').length > MAX_WORDS) return [];
  const [key = ''] = keys;
  const kinds: HintKind[] = [];
  if ((key === 'Escape' || key === 'C-c') && STOPS.test(action)) kinds.push('stop');
  if ((key === 'Enter' || key === 'Space') && TAKES.test(action)) kinds.push('take');
  if ((key === 'Escape' || key === 'C-c' || key === 'C-d') && CLOSES.test(action)) kinds.push('close');
  if (key === 'Enter' && SENDS.test(action)) kinds.push('send');
  return kinds;
};

/** The action before its key: `Stop: Ctrl+C`, `cancel (esc)`. */
const REVERSED =
  /(?:^|[^\p{L}])(interrupt|stop|abort|cancel|select|confirm|submit|close|dismiss|exit|back)(?:\s?[:=]\s?|\s?[[(<]\s?)(esc(?:ape)?|enter|return|(?:ctrl|control)[ +-]c)(?![\p{L}\p{N}])/giu;

const reversed = (row: string): HintKind[] =>
  [...row.matchAll(REVERSED)].flatMap(({ 1: action = '', 2: key = '' }) =>
    kindsOf({
      keys: [/^(?:enter|return)/i.test(key) ? 'Enter' : 'Escape'],
      again: false,
      action: action.toLowerCase(),
      isWhole: true,
    }),
  );

/** A letter as the key of an answer: `t trust all`, `y: allow`. Only at the start of a part of a footer. */
const LETTER =
  /(?:^\s*|[·|•;,│]\s*|\s{2})(?:press )?[[(]?[a-z][\])]?(?: to |: ?| )(?:trust|allow|approve|accept|confirm|reject|deny|yes|no)(?!\p{L})/iu;

/** Whatever else is pressed. */
const ANY_KEY =
  /(?:^|[^\p{L}])any (?:other )?key to (close|dismiss|exit|go back|return|continue|proceed)(?!\p{L})/iu;

/** Most rows name no key: they are not read further. */
const NAMES_KEY = /esc|enter|return|ctrl|control|space|any (?:other )?key|[⎋↵⏎^]/iu;

/** Several rules ask for the hints of the same row. */
const known = new WeakMap<Row, ReadonlySet<HintKind>>();

/** What the keys that a row names do. */
export function hintsOf(row: Row): ReadonlySet<HintKind> {
  const found = known.get(row) ?? readHints(row.inner);
  known.set(row, found);
  return found;
}

function readHints(text: string): ReadonlySet<HintKind> {
  if (!NAMES_KEY.test(text)) return NONE;
  const letter: HintKind[] = LETTER.test(text) ? ['take'] : [];
  const [, does] = ANY_KEY.exec(text) ?? [];
  const any: HintKind[] = does ? [/^(?:continue|proceed)/i.test(does) ? 'take' : 'close'] : [];
  return new Set([...keyHints(text).flatMap(kindsOf), ...reversed(text), ...letter, ...any]);
}

const NONE: ReadonlySet<HintKind> = new Set();
