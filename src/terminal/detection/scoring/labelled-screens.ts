import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { AgentPoolError, errorMessage } from '../../../lib/errors.ts';
import { writePrivateFileSync } from '../../../lib/files/atomic-file.ts';
import type { Screen } from '../../screen/screen.ts';
import { screenFromText } from '../screen/screen-from-text.ts';

/** A file with a screen, and what the agent was that showed it. */
export const LabelledScreen = Type.Object({
  file: Type.String(),
  provider: Type.String(),
  label: Type.String(),
  /** Whether it has escape sequences; found out where left out. */
  ansi: Type.Optional(Type.Boolean()),
  title: Type.Optional(Type.String()),
});
export type LabelledScreen = Static<typeof LabelledScreen>;

/** The list alone, or with what is said of it. */
const Index = Type.Union([
  Type.Array(LabelledScreen),
  Type.Object({ about: Type.Optional(Type.String()), screens: Type.Array(LabelledScreen) }),
]);

const indexOf = (folder: string): string => join(folder, 'index.json');

/**
 * The labelled screens of a folder, in the order of its index.json. An index that is missing is an empty one where
 * `mayBeMissing` is true.
 * @throws SCREENS_INVALID for an index that is missing or of another shape
 */
export function labelledScreens(folder: string, { mayBeMissing = false } = {}): LabelledScreen[] {
  const index = mayBeMissing && !existsSync(indexOf(folder)) ? [] : readIndex(folder);
  return Array.isArray(index) ? index : index.screens;
}

function readIndex(folder: string): Static<typeof Index> {
  const path = indexOf(folder);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid(`${path}: ${errorMessage(error)}`);
  }
  if (Value.Check(Index, content)) return content;
  const list = Array.isArray(content) ? content : (content as { screens?: unknown } | null)?.screens;
  const first = [...Value.Errors(Type.Array(LabelledScreen), list)][0];
  throw invalid(`${path}: ${first?.instancePath ?? ''} ${first?.message ?? 'not a list of screens'}`);
}

const invalid = (message: string): AgentPoolError =>
  new AgentPoolError('SCREENS_INVALID', message, {
    example: '[{"file": "a.txt", "provider": "claude-code", "label": "idle"}]',
  });

/** The screen in a file of that folder. @throws SCREENS_INVALID where it cannot be read. */
export function screenIn(folder: string, { file, ansi, title }: LabelledScreen): Screen {
  try {
    return screenFromText(readFileSync(join(folder, file), 'utf8'), {
      ...(ansi === undefined ? {} : { ansi }),
      ...(title ? { title } : {}),
    });
  } catch (error) {
    throw invalid(`${indexOf(folder)} names ${file}: ${errorMessage(error)}`);
  }
}

/** Keeps a screen as drawn, without what is labelled of it; one of the same file is replaced. Returns its path. */
export function writeScreen(folder: string, file: string, text: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, file);
  writePrivateFileSync(path, text, { link: 'replace' });
  return path;
}

/**
 * Keeps a screen with its label; one of the same file is replaced. More keys of it, and what else the index says, are
 * kept too. Returns its path.
 * @throws SCREENS_INVALID where the folder has an index of another shape
 */
export function keepScreen(
  folder: string,
  screen: LabelledScreen & Record<string, unknown>,
  text: string,
): string {
  const index = existsSync(indexOf(folder)) ? readIndex(folder) : [];
  const path = writeScreen(folder, screen.file, text);
  const others = Array.isArray(index) ? index : index.screens;
  const screens = [...others.filter(({ file }) => file !== screen.file), screen];
  const next = Array.isArray(index) ? screens : { ...index, screens };
  writePrivateFileSync(indexOf(folder), `${JSON.stringify(next, null, 1)}\n`, { link: 'replace' });
  return path;
}
