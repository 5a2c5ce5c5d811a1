import { createRequire } from 'node:module';
import { workerStates } from '../../src/events/catalogue/words.ts';
import { next, type WorkerSignal, workerSignals } from '../../src/machines/worker/machine.ts';

const require = createRequire(import.meta.url);
const { layers } = require('../layers.cjs') as { layers: Record<string, string[]> };

/** The layers as a diagram, with an arrow from each layer to those directly below it. */
export function layersPicture(): string {
  const id = (layer: string): string => layer.replace('/', '_');
  const boxes = Object.keys(layers).map((layer) => `  ${id(layer)}[src/${layer}]`);
  const arrows = Object.entries(layers).flatMap(([layer, below]) =>
    below.map((each) => `  ${id(layer)} --> ${id(each)}`),
  );
  return ['flowchart TD', ...boxes, ...arrows].join('\n');
}

function label(signal: WorkerSignal): string {
  if (signal.type === 'exited') return `exited (${signal.outcome})`;
  if (signal.type === 'lost') return signal.resumable ? 'lost' : 'lost (it never ran)';
  return signal.type;
}

/** Every transition of the worker machine, computed by the machine itself: one arrow per pair of states. */
export function machinePicture(): string {
  const arrows = workerStates.flatMap((from) => {
    const targets = groupBy(workerSignals, (signal) => next(from, signal));
    return [...targets].flatMap(([to, signals]) =>
      to === null || to === from ? [] : [`  ${from} --> ${to}: ${signals.map(label).join('<br>')}`],
    );
  });
  return ['stateDiagram-v2', '  [*] --> STARTING', '  [*] --> QUEUED', ...arrows].join('\n');
}

function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** The page with its diagrams generated again; the text around them is kept. */
export function withPictures(page: string): string {
  return [
    ['layers', layersPicture()],
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
