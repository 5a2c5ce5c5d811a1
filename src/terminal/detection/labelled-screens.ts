import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Type, { type Static } from 'typebox';
import Value from 'typebox/value';
import { AgentPoolError, errorMessage } from '../../lib/errors.ts';
import type { Screen } from '../screen/screen.ts';
import { screenFromText } from './screen-from-text.ts';

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

export const indexOf = (folder: string): string => join(folder, 'index.json');

/**
 * The labelled screens of a folder, in the order of its index.json. An index that is missing is an empty one where
 * `mayBeMissing` is true.
 * @throws SCREENS_INVALID for an index that is missing or of another shape
 */
export function labelledScreens(folder: string, { mayBeMissing = false } = {}): LabelledScreen[] {
  const path = indexOf(folder);
  if (mayBeMissing && !existsSync(path)) return [];
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw invalid(`${path}: ${errorMessage(error)}`);
  }
  if (Value.Check(Index, content)) return Array.isArray(content) ? content : content.screens;
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
