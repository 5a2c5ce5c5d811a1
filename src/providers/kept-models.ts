import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../config/files.ts';
import type { Paths } from '../config/paths.ts';
import type { ModelDescriptor } from './descriptor.ts';

type Lists = Record<string, ModelDescriptor[]>;

const file = ({ run }: Pick<Paths, 'run'>) => join(run, 'models.json');

/** What agents said of their models when they were last asked. */
export function keptModels(paths: Pick<Paths, 'run'>): Lists {
  try {
    return JSON.parse(readFileSync(file(paths), 'utf8')) as Lists;
  } catch {
    return {};
  }
}

/** Keeps new lists; those of agents that said nothing now stay. A home that can not be written keeps none. */
export function keepModels(paths: Pick<Paths, 'run'>, lists: Lists): void {
  try {
    writePrivateFile(file(paths), JSON.stringify({ ...keptModels(paths), ...lists }));
  } catch {}
}
