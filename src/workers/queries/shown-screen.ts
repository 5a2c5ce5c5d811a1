import { AgentPoolError } from '../../lib/errors.ts';
import { shell } from '../../lib/text/shell.ts';
import type { SessionRow } from '../../projections/sessions/queries.ts';
import type { Picture } from '../../terminal/recording/format.ts';
import { screenOfPicture } from '../../terminal/recording/frames.ts';
import { lastPicture } from '../../terminal/recording/reader.ts';
import type { Screen } from '../../terminal/screen/screen.ts';
import { redact } from '../../workspace/redaction/redaction.ts';
import type { AppContext } from '../core/context.ts';
import { recordingFolder } from '../core/sessions/session-files.ts';
import { ifReadable, screenOf } from '../sight/look.ts';
import { RedactedPictures } from '../sight/redacted-picture.ts';

/** What a worker shows, or showed last. */
export interface ShownScreen {
  screen: Screen;
  /** The same with an empty row where one has a secret in it. */
  bare: Screen;
  /** Without secrets, as it may be kept; so is the title. */
  picture: Picture;
  title: string;
}

/** The screen of a worker: of its terminal, or the last one of its recording. @throws NO_SCREEN where there is neither. */
export async function shownScreen(app: AppContext, session: SessionRow): Promise<ShownScreen> {
  const live = session.alive === 1 ? await screenOf(app, session).catch(ifReadable) : null;
  if (live) {
    const picture = new RedactedPictures().of(live);
    const rows = live.rows.map((row, at) =>
      picture.rows[at]?.text === row.text ? row : { ...row, text: '' },
    );
    return { screen: live, bare: { ...live, rows }, picture, title: redact(live.title) };
  }
  const picture = await lastPicture(recordingFolder(app.paths.artifacts, session));
  if (!picture)
    throw new AgentPoolError('NO_SCREEN', `${session.id} shows no screen, and none of it was recorded.`, {
      session_id: session.id,
      example: shell`agentpool session show ${session.id}`,
    });
  const screen = screenOfPicture(picture);
  return { screen, bare: screen, picture, title: '' };
}
