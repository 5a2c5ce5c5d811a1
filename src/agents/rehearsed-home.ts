import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Rehearsal, RehearsalPlace } from './contract/rehearsal.ts';

/** Writes what an agent needs for a rehearsal into a throw-away home. */
export function writeHome(home: string, rehearsal: Rehearsal, place: RehearsalPlace): void {
  for (const [path, content] of Object.entries(rehearsal.files(place))) {
    const file = join(home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
}
