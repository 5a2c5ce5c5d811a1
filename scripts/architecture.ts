import { createRequire } from 'node:module';
import { observeEvents, workerStates } from '../src/events/catalogue/words.ts';
import { next, type WorkerSignal } from '../src/machines/worker-machine.ts';

interface Rule {
  from: { path: string };
  to: { path?: string; pathNot?: string };
}

const require = createRequire(import.meta.url);

/** The rooms and what each imports, as the floors' own rules allow it: an arrow to each room of the next floor below. */
export function roomsPicture(): string {
  const { forbidden } = require('../.dependency-cruiser.cjs') as { forbidden: (Rule & { name: string })[] };
  const allowed = new Map(
    forbidden.flatMap(({ name, to }) => {
      const room = /^(\w+)-imports-down-only$/.exec(name)?.[1];
      const below = /\((.*)\)/.exec(to.pathNot ?? '')?.[1]?.split('|') ?? [];
      return room ? [[room, below.filter((each) => each !== room)] as const] : [];
    }),
  );
  const arrows = [...allowed].flatMap(([room, below]) => {
    const through = new Set(below.flatMap((each) => allowed.get(each) ?? []));
    return below.filter((each) => !through.has(each)).map((each) => `  ${room} --> ${each}`);
  });
  return ['flowchart TD', ...[...allowed.keys()].map((room) => `  ${room}[src/${room}]`), ...arrows].join(
    '\n',
  );
}

const SIGNALS: WorkerSignal[] = [
  { type: 'started' },
  { type: 'spawn_failed' },
  { type: 'prompt_delivered' },
  { type: 'message_sent' },
  { type: 'lost' },
  { type: 'terminated' },
  { type: 'deadline_exceeded' },
  { type: 'exited', outcome: 'completed' },
  { type: 'exited', outcome: 'failed' },
  ...observeEvents.map((event) => ({ type: `saw.${event}` }) as const),
];

const label = (signal: WorkerSignal) =>
  signal.type === 'exited' ? `exited (${signal.outcome})` : signal.type;

/** Every transition of the worker's machine, asked from the machine itself: one arrow for each pair of states. */
export function machinePicture(): string {
  const arrows = workerStates.flatMap((from) => {
    const targets = groupBy(SIGNALS, (signal) => next(from, signal));
    return [...targets].flatMap(([to, signals]) =>
      to === null || to === from ? [] : [`  ${from} --> ${to}: ${signals.map(label).join('<br>')}`],
    );
  });
  return ['stateDiagram-v2', '  [*] --> STARTING', ...arrows].join('\n');
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** The page with its pictures drawn anew; the words around them stay. */
export function withPictures(page: string): string {
  return [
    ['rooms', roomsPicture()],
    ['machine', machinePicture()],
  ].reduce(
    (text, [name, picture]) =>
      text.replace(
        new RegExp(`(<!-- ${name}: .*? -->\n)[\\s\\S]*?(<!-- end of ${name} -->)`),
        `$1\n\`\`\`mermaid\n${picture}\n\`\`\`\n\n$2`,
      ),
    page,
  );
}
