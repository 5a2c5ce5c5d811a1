import { stripControl } from '../../../lib/text/plain-text.ts';
import { workerStream } from '../../../machines/worker/state.ts';
import type { SessionRow } from '../../../projections/sessions/queries.ts';
import { readRows } from '../../../terminal/detection/screen/rows.ts';
import type { Screen } from '../../../terminal/screen/screen.ts';
import { redact } from '../../../workspace/redaction/redaction.ts';
import { redactScreen } from '../../../workspace/redaction/screen/screen.ts';
import type { AppContext } from '../../core/context.ts';
import { isWaiting } from '../../core/setup/next-steps.ts';
import { type Asked, askedOn } from '../../sight/dialogs/asked.ts';
import { ifReadable, screenReader } from '../../sight/look.ts';
import { lastQuestion, turnOf } from '../../sight/turn.ts';
import { resultOf } from './result.ts';

/** A worker's own words for a person who reads them on a terminal: redacted, without control sequences. */
export interface WorkerWords {
  /** What it asks; null unless it waits for an answer. */
  asks: Asked | null;
  /** What it reported at its end; null if it did not, or works again. */
  result: { summary: string; findings: readonly string[] } | null;
}

/**
 * What a worker asks, from its screen as it is now, or as it was recorded if that cannot be read; and its result.
 * @throws RULES_INVALID
 */
export async function wordsOf(app: AppContext, session: SessionRow): Promise<WorkerWords> {
  const { state, alive, result } = session;
  const asks = isWaiting({ state, alive: alive === 1 }) ? await askedBy(app, session) : null;
  const reported =
    result !== null && (state === 'COMPLETED' || alive !== 1) ? await resultOf(app, session) : null;
  return clean({ asks, result: reported && { summary: reported.summary, findings: reported.findings } });
}

async function askedBy(app: AppContext, session: SessionRow): Promise<Asked | null> {
  const reading = await screenReader(app, session)().catch(ifReadable);
  const asked =
    reading && askedOn(reading.classification, readRows(withoutSecrets(reading.screen), reading.sent));
  if (asked) return asked;
  const question = lastQuestion(turnOf(app.ledger.stream(workerStream(session.id))));
  return question === null
    ? null
    : { lines: question.split('\n'), choices: [], form: null, isAboutMoney: false };
}

/** A captured screen does not say where it has wrapped a line: a row as wide as the widest counts as continued. */
function withoutSecrets(screen: Screen): Screen {
  const { rows, cols } = screen;
  const shown = rows.map(({ text }, index) => ({
    text,
    wrapped: (rows[index - 1]?.text.length ?? 0) >= cols,
  }));
  const redacted = redactScreen(shown, { cols, above: [] });
  return { ...screen, rows: rows.map((row, index) => ({ ...row, text: redacted[index] ?? '' })) };
}

function clean({ asks, result }: WorkerWords): WorkerWords {
  const plain = (text: string) => redact(stripControl(text));
  return {
    asks: asks && {
      ...asks,
      lines: asks.lines.map(plain),
      choices: asks.choices.map((choice) => ({ ...choice, label: plain(choice.label) })),
    },
    result: result && { summary: plain(result.summary), findings: result.findings.map(plain) },
  };
}
