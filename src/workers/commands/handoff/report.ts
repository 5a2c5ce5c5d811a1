import Type, { type Static } from 'typebox';
import { count, flag, list, noted, nullable, text } from '../../../lib/shapes.ts';
import { shellLine } from '../../../lib/text/shell.ts';
import { sessionJson } from '../../../projections/sessions/json.ts';
import { Session } from '../../../projections/sessions/schema.ts';
import { troublesIn } from '../../../projections/troubles.ts';
import { artifactPaths } from '../../../workspace/artifacts.ts';
import type { AppContext } from '../../core/context.ts';
import { sessionNamed } from '../../core/sessions/named-session.ts';
import { headroomWarnings } from '../../queries/headroom-warnings.ts';
import type { Brief } from '../brief/brief.ts';
import type { HandedOver } from './handoff.ts';
import type { Successor } from './successor.ts';

const briefFacts = {
  sha256: text,
  bytes: count,
  cut: noted(list(text), 'What was left out, since a brief is bounded.'),
};

export const Handover = Type.Union(
  [
    Type.Object(
      {
        ok: Type.Literal(true),
        session_id: noted(text, 'The worker whose work was handed over.'),
        kept: noted(flag, 'Whether it stays in its terminal. It gets nothing to do any more.'),
        successor_id: text,
        successor: Session,
        attach_command: noted(text, 'Opens the terminal of the successor, for a person.'),
        brief: Type.Object({ path: text, ...briefFacts }),
        warnings: noted(list(text), 'How little is left of the subscription of the successor.'),
      },
      { title: 'HandedOver' },
    ),
    Type.Object(
      {
        ok: Type.Literal(true),
        dry_run: Type.Literal(true),
        session_id: text,
        provider_id: text,
        model: nullable(text),
        account: nullable(text),
        folder: noted(text, 'Where the successor would work.'),
        brief: Type.Object({
          ...briefFacts,
          text: noted(text, 'Markdown, redacted; made from what the worker did and said: untrusted.'),
        }),
      },
      { title: 'HandoverPlan' },
    ),
  ],
  { description: 'The work of a worker goes on with another one; with `--dry-run`, the brief.' },
);
export type Handover = Static<typeof Handover>;

const factsOf = ({ sha256, text, cut }: Brief) => ({ sha256, bytes: Buffer.byteLength(text), cut });

/** What a handover prints. */
export function handoverReport(app: AppContext, id: string, { successor, brief }: HandedOver): Handover {
  const now = sessionNamed(app, successor);
  return {
    ok: true,
    session_id: id,
    kept: sessionNamed(app, id).alive === 1,
    successor_id: successor,
    successor: sessionJson(now, troublesIn(app.ledger)(successor)),
    attach_command: shellLine(app.tmux.of(successor).attachCommand(now.tmux_session)),
    brief: { path: artifactPaths(app.paths.artifacts, successor).handoff, ...factsOf(brief) },
    warnings: headroomWarnings(app, now),
  };
}

/** What `--dry-run` prints. */
export const handoverPlanReport = (
  id: string,
  { successor: { agent, request, cwd }, brief }: { successor: Successor; brief: Brief },
): Handover => ({
  ok: true,
  dry_run: true,
  session_id: id,
  provider_id: agent.id,
  model: request.model,
  account: request.account,
  folder: cwd,
  brief: { ...factsOf(brief), text: brief.text },
});
