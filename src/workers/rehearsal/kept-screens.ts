import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFileSync } from '../../lib/files/atomic-file.ts';
import { redact } from '../../workspace/redaction/redaction.ts';

/** An entry of index.json, as `agentpool explain --screens` reads it, with what helps a person. */
export interface KeptScreen {
  file: string;
  provider: string;
  /** What the agent truly was. */
  label: string;
  ansi: true;
  title: string;
  version: string | null;
  note: string;
}

/** Writes the screen as drawn, without secrets, and returns its path. */
export function keepScreen(folder: string, file: string, text: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, file);
  writePrivateFileSync(path, redact(text), { link: 'replace' });
  return path;
}

/** Adds to the index of that folder; a screen of the same file is replaced. */
export function indexScreens(folder: string, screens: readonly KeptScreen[]): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'index.json');
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as KeptScreen[]) : [];
  const others = before.filter(({ file }) => screens.every((screen) => screen.file !== file));
  const lines = [...others, ...screens].map((screen) => `  ${JSON.stringify(screen)}`);
  writePrivateFileSync(path, `[\n${lines.join(',\n')}\n]\n`, { link: 'replace' });
}
