import { line, span, widthOf, wrapped } from '../text/line.ts';
import { closed, type Space, type Widget } from './widget.ts';

const GAP = '  ';

export interface ConfirmSpec {
  title: string;
  /** What will happen, and what is lost by it. */
  question: string;
  /** Begins with its key: `x end it`. That key or Enter on it confirms; the default is not to. */
  yes: { key: string; label: string };
}

/** A question that only its key, `y`, or Enter after moving to it answers with yes, or a click on its button. */
export const confirmWidget = (spec: ConfirmSpec): Widget<true> => confirming(spec, false);

function confirming(spec: ConfirmSpec, isYes: boolean): Widget<true> {
  const labels = [' No, leave it ', ` Yes, ${spec.yes.label} `] as const;
  const wordsIn = ({ width, height }: Space) =>
    wrapped(spec.question, width).slice(0, Math.max(1, height - 2));
  const self: Widget<true> = {
    title: spec.title,
    hint: `${spec.yes.key} or y ${spec.yes.label} · Esc or n leaves it`,
    input(input, space) {
      if (input.kind === 'mouse' && input.action === 'press') {
        const pressed = input.row === wordsIn(space).length + 1 ? buttonAt(input.column) : null;
        return pressed === null ? self : closed<true>(pressed === 'yes' ? true : null);
      }
      if (input.kind !== 'key') return self;
      if (input.name === 'escape') return closed<true>(null);
      if (['left', 'right', 'up', 'down', 'tab'].includes(input.name)) return confirming(spec, !isYes);
      if (input.name === 'enter') return closed<true>(isYes ? true : null);
      if (input.name !== 'char' || input.ctrl || input.alt) return self;
      if (input.text === 'y' || input.text === spec.yes.key) return closed<true>(true);
      return input.text === 'n' || input.text === 'q' ? closed<true>(null) : self;
    },
    view(space) {
      const button = (label: string, isAt: boolean) =>
        span(label, isAt ? { inverse: true, bold: true } : { fg: 'quiet' });
      const buttons = line(button(labels[0], !isYes), GAP, button(labels[1], isYes));
      return { lines: [...wordsIn(space), [], buttons], cursor: null };
    },
  };
  return self;

  function buttonAt(column: number): 'yes' | 'no' | null {
    const no = widthOf(labels[0]);
    const start = no + GAP.length;
    if (column >= 0 && column < no) return 'no';
    return column >= start && column < start + widthOf(labels[1]) ? 'yes' : null;
  }
}
