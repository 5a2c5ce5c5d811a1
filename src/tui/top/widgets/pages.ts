import type { Line } from '../text/line.ts';
import { closed, type Space, type Widget } from './widget.ts';

export interface PagesSpec {
  title: string;
  /** The lines for a width. */
  lines(width: number): Line[];
  /** A key that closes it, besides Escape and q: the one that opened it. */
  key?: string;
}

/** A text to read, which scrolls. */
export const pagesWidget = (spec: PagesSpec): Widget<never> => reading(spec, 0);

function reading(spec: PagesSpec, top: number): Widget<never> {
  const last = ({ width, height }: Space) => Math.max(0, spec.lines(width).length - height);
  const to = (line: number, space: Space) => reading(spec, Math.min(last(space), Math.max(0, line)));
  const self: Widget<never> = {
    title: spec.title,
    hint: '↑ ↓ scroll · Esc closes',
    input(input, space) {
      if (input.kind === 'mouse') {
        if (input.action === 'wheel-up') return to(top - 3, space);
        if (input.action === 'wheel-down') return to(top + 3, space);
        return self;
      }
      if (input.kind !== 'key') return self;
      const steps: Partial<Record<typeof input.name, number>> = {
        up: top - 1,
        down: top + 1,
        pageup: top - space.height + 1,
        pagedown: top + space.height - 1,
        home: 0,
        end: Number.MAX_SAFE_INTEGER,
      };
      const step = steps[input.name];
      if (step !== undefined) return to(step, space);
      if (input.name === 'escape' || input.name === 'enter') return closed<never>(null);
      if (input.name !== 'char' || input.ctrl) return self;
      if (input.text === 'j') return to(top + 1, space);
      if (input.text === 'k') return to(top - 1, space);
      if (input.text === ' ') return to(top + space.height - 1, space);
      if (input.text === 'g') return to(0, space);
      if (input.text === 'G') return to(Number.MAX_SAFE_INTEGER, space);
      return input.text === 'q' || input.text === spec.key ? closed<never>(null) : self;
    },
    view: (space) => {
      const lines = spec.lines(space.width);
      const from = Math.min(top, Math.max(0, lines.length - space.height));
      return { lines: lines.slice(from, from + space.height), cursor: null };
    },
  };
  return self;
}
