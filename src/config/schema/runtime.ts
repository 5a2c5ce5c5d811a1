import Type from 'typebox';
import { count, DAY, flag, text } from './shapes.ts';

const terminalControl = Type.Object(
  {
    enabled: flag(''),
    binary: text(''),
    session_prefix: text(''),
    capture_lines: count(1, 100_000, ''),
    cols: count(20, 1000, ''),
    rows: count(5, 1000, ''),
    settle_ms: count(0, 600_000, ''),
    deadline_ms: count(0, 600_000, ''),
    host: Type.Union([Type.String(), Type.Null()]),
    artifacts: Type.Object({
      save_text: flag(''),
      save_json: flag(''),
      save_svg_on_failure: flag(''),
      save_png_on_failure: flag(''),
      record: flag(''),
    }),
  },
  {
    description:
      'The second runtime of the Python AgentPool. Accepted so that its config files load, without effect: workers run in tmux.',
    unused: true,
  },
);

export const runtime = Type.Object(
  {
    default: Type.Enum(['tmux'], { description: 'The runtime of workers.' }),
    tmux: Type.Object(
      {
        capture_lines: count(1, 100_000, 'Accepted from older files, without effect.'),
        idle_seconds: count(
          1,
          DAY,
          'A worker whose screen no rule recognises counts as IDLE, or as UNKNOWN where its agent has rules of its own, when the screen has not changed for this long.',
        ),
        session_prefix: text('Prefix of the tmux session names.', {
          pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$',
          hint: 'letters, digits, dashes and underscores: tmux reads a dot or a colon as part of a target',
        }),
      },
      { description: 'The private tmux servers, one per worker. Your own tmux server is never touched.' },
    ),
    terminal_control: terminalControl,
  },
  { description: 'The runtime of the workers.' },
);
