import { line, span, wrapped } from '../text/line.ts';
import { closed, type Widget } from './widget.ts';

export interface ConfirmSpec {
  title: string;
  /** What will happen, and what is lost by it. */
  question: string;
  /** Begins with its key: `x end it`. That key or Enter on it confirms; the default is not to. */
  yes: { key: string; label: string };
}

/** A question that only its key, `y`, or Enter after moving to it answers with yes. */
export const confirmWidget = (spec: ConfirmSpec): Widget<true> => confirming(spec, false);

function confirming(spec: ConfirmSpec, isYes: boolean): Widget<true> {
  const self: Widget<true> = {
    title: spec.title,
    hint: `${spec.yes.key} or y ${spec.yes.label} · Esc or n leaves it`,
    input(input) {
      if (input.kind === 'mouse' && input.action === 'press') return self;
      if (input.kind !== 'key') return self;
      if (input.name === 'escape') return closed<true>(null);
      if (['left', 'right', 'up', 'down', 'tab'].includes(input.name)) return confirming(spec, !isYes);
      if (input.name === 'enter') return closed<true>(isYes ? true : null);
      if (input.name !== 'char' || input.ctrl || input.alt) return self;
      if (input.text === 'y' || input.text === spec.yes.key) return closed<true>(true);
      return input.text === 'n' || input.text === 'q' ? closed<true>(null) : self;
    },
    view({ width, height }) {
      const button = (label: string, isAt: boolean) =>
        span(` ${label} `, isAt ? { inverse: true, bold: true } : { fg: 'quiet' });
      const buttons = line(button(`No, leave it`, !isYes), '  ', button(`Yes, ${spec.yes.label}`, isYes));
      const words = wrapped(spec.question, width).slice(0, Math.max(1, height - 2));
      return { lines: [...words, [], buttons], cursor: null };
    },
  };
  return self;
}
