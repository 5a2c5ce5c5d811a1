import { readFileSync } from 'node:fs';

/** The text of a file; null if it cannot be read, as where there is none. */
export function fileText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
