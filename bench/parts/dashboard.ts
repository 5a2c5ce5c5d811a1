import type { PictureRow } from '../../src/terminal/recording/format.ts';
import type { BenchOptions, Figure } from '../figure.ts';
import { median, timed } from '../timing.ts';

const SIZES = [
  { cols: 80, rows: 24 },
  { cols: 140, rows: 40 },
  { cols: 250, rows: 100 },
] as const;

/** A frame of the dashboard with 50 workers, after every row of the selected worker's screen has changed. */
export async function* dashboard({ quick }: BenchOptions): AsyncGenerator<Figure> {
  // As in the bundle: the build of React for development takes longer.
  process.env.NODE_ENV ??= 'production';
  const { InkPictures } = await import('../../src/tui/top/views/ink-pictures.ts');
  const { frameOf } = await import('../../src/tui/top/model/layout.ts');
  const { changes } = await import('../../src/tui/top/terminal/row-writer.ts');
  const { aDetail, aSnapshot, aState, aSubscription, aWorker } = await import(
    '../../src/tui/top/testing/states.ts'
  );
  const workers = Array.from({ length: 50 }, (_, at) => aWorker('RUNNING', { task: `Task ${at} of fifty` }));
  const limits = [
    ['5h', 41, 100],
    ['weekly', 60, 2000],
  ] as const;
  const subscriptions = ['Codex', 'Claude Code', 'Copilot'].map((name) =>
    aSubscription(
      'codex-cli',
      name,
      limits.map(([kind, used, resets]) => [kind, used, resets]),
    ),
  );
  const rowsOf = (round: number): PictureRow[] =>
    Array.from({ length: 100 }, (_, row) => ({
      text: `row ${row} of ${round} `.padEnd(200, 'some words ─ │ '),
      runs: [
        [0, 10, 1, '2', null],
        [20, 60, 0, '#ff8800', null],
      ],
    }));
  for (const { cols, rows } of SIZES) {
    const pictures = new InkPictures();
    const state = aState(aSnapshot({ workers, subscriptions }), cols, rows);
    let last: Parameters<typeof changes>[0] = null;
    const draw = (round: number) => {
      const value = { cols: 200, rows: rowsOf(round), cursor: null };
      const detail = aDetail(state.selected ?? '', { screen: { kind: 'loaded', value } });
      const frame = frameOf({ ...state, detail });
      const next = {
        columns: cols,
        rows: pictures.draw(frame, { background: 'dark', depth: 'true' }),
        cursor: null,
      };
      changes(last, next);
      last = next;
    };
    for (let round = 0; round < 10; round++) draw(round);
    const times = Array.from({ length: quick ? 20 : 100 }, (_, round) => timed(() => draw(10 + round)));
    pictures.close();
    yield { what: `a frame of the dashboard, ${cols}x${rows}`, value: median(times), unit: 'ms' };
  }
}
