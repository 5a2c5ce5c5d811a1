import { byId, inputById, selectById } from './dom.ts';
import type { Actions, State } from './state.ts';

const STEP_MS = 5000;

/** The keyboard, for everything that a mouse can do. */
export function listenToKeys(state: State, actions: Actions): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (isTyping(target)) return;
    // Space and Enter press what has the focus.
    if ((event.key === ' ' || event.key === 'Enter') && target.closest('button, input, summary')) return;
    const scrolls = target.id === 'glass' || target.closest('#detail') !== null;
    if (scrolls && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) return;
    const act = actionOf(event, state, actions);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actionOf({ key, shiftKey }: KeyboardEvent, state: State, actions: Actions): (() => void) | null {
  if (/^[1-9]$/.test(key)) {
    const lane = Number(key) - 1;
    return state.history.lanes[lane] ? () => actions.choose(lane) : null;
  }
  const { axis, at } = state;
  const jump = (by: number) => actions.seek(axis.toReal(axis.toPlay(at) + by));
  switch (key) {
    case ' ':
      return () => actions.togglePlay();
    case 'j':
    case 'ArrowDown':
      return () => actions.stepEvent(1);
    case 'k':
    case 'ArrowUp':
      return () => actions.stepEvent(-1);
    case 'ArrowLeft':
      return () => (shiftKey ? actions.stepFrame(-1) : jump(-STEP_MS));
    case 'ArrowRight':
      return () => (shiftKey ? actions.stepFrame(1) : jump(STEP_MS));
    case 'Home':
      return () => actions.seek(0);
    case 'End':
      return () => actions.seek(axis.total);
    case '/':
      return () => {
        inputById('query').focus();
        inputById('query').select();
      };
    case '<':
      return () => actions.setSpeed(nextSpeed(state.speed, -1));
    case '>':
      return () => actions.setSpeed(nextSpeed(state.speed, 1));
    case 'i':
      return () => inputById('idle').click();
    case 'f':
      return () => inputById('follow').click();
    case 't':
      return () => actions.toggleTimes();
    case 'z':
      return () => actions.toggleSize();
    case 'v':
      return () => actions.showProof();
    case '?':
      return () => actions.showHelp();
    case 'Escape':
      return () => (state.picked ? actions.unpick() : actions.pause());
    default:
      return null;
  }
}

function nextSpeed(speed: number, by: 1 | -1): number {
  const speeds = [...selectById('speed').options].map(({ value }) => Number(value));
  return speeds[Math.min(Math.max(speeds.indexOf(speed) + by, 0), speeds.length - 1)] ?? 1;
}

const isTyping = (target: Element): boolean =>
  target instanceof HTMLSelectElement ||
  target instanceof HTMLTextAreaElement ||
  (target instanceof HTMLInputElement && target.type !== 'checkbox');

/** The search box: Enter goes to the first that is found, Escape clears it. */
export function listenToSearch(state: State, actions: Actions): void {
  const query = inputById('query');
  query.addEventListener('input', () => actions.search(query.value));
  query.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      query.value = '';
      actions.search('');
      byId('list').focus();
      event.stopPropagation();
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      event.preventDefault();
      byId('list').focus();
      const [first] = state.found;
      if (first) actions.pick(first);
    }
  });
}
