import { join } from 'node:path';
import { listSessions } from '../../projections/sessions/list.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import { LABELS, type Label } from '../../terminal/detection/classification-schema.ts';
import type { KeptScreen } from '../../terminal/detection/learning/effect.ts';
import { labelledScreens, screenIn } from '../../terminal/detection/scoring/labelled-screens.ts';
import type { Picture } from '../../terminal/recording/format.ts';
import { blankPicture, screenOfPicture, withFrame } from '../../terminal/recording/frames.ts';
import { recordingPieces } from '../../terminal/recording/reader.ts';
import type { AppContext } from '../core/context.ts';
import { recordingFolder } from '../core/sessions/session-files.ts';

/** The newest workers of a provider whose recordings are looked through. */
const MOST_WORKERS = 20;
/** Of one worker; they are spread over its recording. */
const MOST_SCREENS = 40;

/** The folder of the screens of a provider that a person has labelled. */
export const labelledFolder = ({ paths }: Pick<AppContext, 'paths'>, provider: string): string =>
  join(paths.detectors, 'screens', provider);

/**
 * The screens of a provider that are kept here: those that a person has labelled, and what its newest workers have
 * shown, where that was recorded.
 */
export async function keptScreens(app: AppContext, provider: string): Promise<KeptScreen[]> {
  const folder = labelledFolder(app, provider);
  const labelled = labelledScreens(folder, { mayBeMissing: true }).map(
    (each): KeptScreen => ({
      where: join(folder, each.file),
      screen: screenIn(folder, each),
      label: isLabel(each.label) ? each.label : null,
    }),
  );
  const recorded: KeptScreen[] = [];
  const { sessions } = listSessions(app.ledger, {
    coordinator: null,
    provider,
    limit: MOST_WORKERS,
    offset: 0,
  });
  for (const session of sessions) recorded.push(...(await recordedScreens(app, session)));
  return [...labelled, ...recorded];
}

const isLabel = (word: string): word is Label => (LABELS as readonly string[]).includes(word);

async function recordedScreens({ paths }: AppContext, session: SessionRow): Promise<KeptScreen[]> {
  const seen = new Set<string>();
  const screens: KeptScreen[] = [];
  for await (const { head, frames } of recordingPieces(recordingFolder(paths.artifacts, session))) {
    let picture: Picture = blankPicture(head.cols, head.rows);
    for (const frame of frames) {
      picture = withFrame(picture, frame);
      const words = wordsOf(picture);
      if (words === '' || seen.has(words)) continue;
      seen.add(words);
      const at = new Date(Date.parse(head.started_at) + frame[0]);
      screens.push({
        where: `${session.id} at ${at.toISOString()}`,
        screen: screenOfPicture(picture),
        label: null,
      });
    }
  }
  const step = Math.max(1, screens.length / MOST_SCREENS);
  return screens.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step));
}

/** Without what turns and counts. */
const wordsOf = ({ rows }: Picture): string =>
  rows
    .map(({ text }) => text.replace(/[^\p{L}?/()]+/gu, ' ').trim())
    .filter((text) => text !== '')
    .join('\n');
