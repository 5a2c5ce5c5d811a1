import { actionOf } from './actions/index.ts';
import type { Frame } from './model/frame.ts';
import { targetAt } from './model/layout.ts';
import type { State } from './model/state.ts';
import { tabs } from './model/state.ts';
import type { Change } from './model/update.ts';
import type { Input, Key, Mouse } from './terminal/input.ts';

/** What an input means: a change of what is shown, an action, or one of these. */
export type Meaning =
  | { kind: 'change'; change: Change }
  | { kind: 'action'; key: string }
  | { kind: 'quit' | 'suspend' | 'redraw' | 'help' | 'limits' }
  | null;

const change = (what: Change): Meaning => ({ kind: 'change', change: what });

/** Lines that a page of the detail pane moves. */
const PAGE = 10;
const WHEEL = 3;
const LONGEST_FILTER = 80;

/** What an input means without a dialog. Pure. */
export function meaningOf(input: Input, state: State, frame: Frame): Meaning {
  if (input.kind === 'mouse') return meaningOfMouse(input, state, frame);
  if (input.kind === 'paste' && state.isFiltering)
    return change({
      kind: 'filter',
      text: `${state.filter}${input.text.replace(/\s+/g, ' ')}`.slice(0, LONGEST_FILTER),
    });
  if (input.kind !== 'key') return null;
  if (input.ctrl && input.text === 'c') return { kind: 'quit' };
  if (input.ctrl && input.text === 'z') return { kind: 'suspend' };
  if (input.ctrl && input.text === 'l') return { kind: 'redraw' };
  return state.isFiltering ? whileFiltering(input, state) : meaningOfKey(input, state, frame);
}

function meaningOfKey(input: Key, state: State, { mostScroll: most }: Frame): Meaning {
  switch (input.name) {
    case 'up':
      return change({ kind: 'moved', by: -1 });
    case 'down':
      return change({ kind: 'moved', by: 1 });
    case 'home':
      return change({ kind: 'moved', by: Number.NEGATIVE_INFINITY });
    case 'end':
      return change({ kind: 'moved', by: Number.POSITIVE_INFINITY });
    case 'left':
      return change({ kind: 'next_tab', by: -1 });
    case 'right':
      return change({ kind: 'next_tab', by: 1 });
    case 'tab':
      return change({ kind: 'next_tab', by: input.shift ? -1 : 1 });
    case 'pageup':
      return change({ kind: 'scrolled', by: towardsStart(state) * PAGE, most });
    case 'pagedown':
      return change({ kind: 'scrolled', by: -towardsStart(state) * PAGE, most });
    case 'escape':
      return state.filter === '' ? null : change({ kind: 'filter', text: '' });
    case 'enter':
      return { kind: 'action', key: 'enter' };
    case 'char':
      return input.ctrl || input.alt ? null : meaningOfChar(input.text);
    default:
      return null;
  }
}

/** A screen and a timeline are scrolled from their end, so that a line more moves them back. */
const towardsStart = ({ tab }: State): 1 | -1 => (tab === 'screen' || tab === 'timeline' ? 1 : -1);

function meaningOfChar(text: string): Meaning {
  const tab = tabs[Number(text) - 1];
  if (tab) return change({ kind: 'tab', tab });
  switch (text) {
    case 'j':
      return change({ kind: 'moved', by: 1 });
    case 'k':
      return change({ kind: 'moved', by: -1 });
    case 'g':
      return change({ kind: 'moved', by: Number.NEGATIVE_INFINITY });
    case 'G':
      return change({ kind: 'moved', by: Number.POSITIVE_INFINITY });
    case '/':
      return change({ kind: 'filtering', on: true });
    case '?':
      return { kind: 'help' };
    case 'w':
      return change({ kind: 'wrapped' });
    case 'u':
      return { kind: 'limits' };
    case 'q':
      return { kind: 'quit' };
    default:
      return actionOf(text) ? { kind: 'action', key: text } : null;
  }
}

function whileFiltering(input: Key, { filter }: State): Meaning {
  switch (input.name) {
    case 'enter':
    case 'tab':
      return change({ kind: 'filtering', on: false });
    case 'escape':
      return change({ kind: 'unfiltered' });
    case 'backspace':
      return change(
        filter === '' ? { kind: 'unfiltered' } : { kind: 'filter', text: [...filter].slice(0, -1).join('') },
      );
    case 'up':
      return change({ kind: 'moved', by: -1 });
    case 'down':
      return change({ kind: 'moved', by: 1 });
    case 'char':
      if (input.ctrl && input.text === 'u') return change({ kind: 'filter', text: '' });
      return input.ctrl || input.alt
        ? null
        : change({ kind: 'filter', text: `${filter}${input.text}`.slice(0, LONGEST_FILTER) });
    default:
      return null;
  }
}

function meaningOfMouse({ action, row, column }: Mouse, state: State, frame: Frame): Meaning {
  const target = targetAt(frame, row, column);
  if (!target) return null;
  if (action === 'wheel-up' || action === 'wheel-down') {
    const by = action === 'wheel-up' ? -1 : 1;
    if (target.kind === 'worker' || target.kind === 'workers') return change({ kind: 'moved', by });
    if (target.kind === 'limits') return change({ kind: 'limits_scrolled', by });
    if (target.kind === 'detail')
      return change({ kind: 'scrolled', by: -by * towardsStart(state) * WHEEL, most: frame.mostScroll });
    return null;
  }
  if (action !== 'press') return null;
  switch (target.kind) {
    case 'worker':
      return change({ kind: 'selected', id: target.id });
    case 'tab':
      return change({ kind: 'tab', tab: target.tab });
    case 'limits':
      return { kind: 'limits' };
    case 'key':
      return meaningOfHint(target.key);
    default:
      return null;
  }
}

/** A click on a key of the line at the bottom does what the key does. */
const meaningOfHint = (key: string): Meaning =>
  key === 'enter' ? { kind: 'action', key } : meaningOfChar(key);

/** The keys that are the dashboard's own, behind those of the actions. */
export const OWN_KEYS = [
  { key: '/', label: 'filter', help: '', isHidden: false, why: null },
  { key: '?', label: 'help', help: '', isHidden: false, why: null },
  { key: 'q', label: 'quit', help: '', isHidden: false, why: null },
];

/** Ctrl-C and Ctrl-Z work in a dialog, too. */
export const isInterrupt = (input: Input): boolean =>
  input.kind === 'key' && input.ctrl && /^[cz]$/.test(input.text);
