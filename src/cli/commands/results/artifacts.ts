import { relative } from 'node:path';
import { Command } from 'clipanion';
import { bytes } from '../../../lib/text/bytes.ts';
import { plainRecord } from '../../../report/text/plain.ts';
import { columnsOf, paint } from '../../../report/text/style.ts';
import { fitEnd, table } from '../../../report/text/table.ts';
import { tilde } from '../../../report/text/tilde.ts';
import type { AppContext } from '../../../workers/core/context.ts';
import { sessionNamed } from '../../../workers/core/sessions/named-session.ts';
import { artifactManifest } from '../../../workspace/artifacts.ts';
import { ArtifactManifest } from '../../../workspace/artifacts-schema.ts';
import { LedgerCommand } from '../../grammar/ledger-command.ts';
import { pagerFlag, plainFlag, worker } from '../../grammar/option.ts';
import { noteMissing } from '../../workers/note-missing.ts';

export default class Artifacts extends LedgerCommand<ArtifactManifest> {
  static override paths = [['artifacts']];
  static override report = ArtifactManifest;
  static override usage = Command.Usage({
    category: 'Results',
    description: 'List the files kept for a worker',
    examples: [['Find the patch', '$0 artifacts @last']],
  });

  session = worker();
  override plain = plainFlag('one file');
  override pager = pagerFlag();

  async run(app: AppContext): Promise<undefined> {
    const session = sessionNamed(app, this.session);
    noteMissing(this.context.stderr, app.paths.artifacts, session);
    await this.show(await artifactManifest(session.artifact_dir), (kept) => this.#table(kept), plainly);
  }

  /** Prints the folder once, and the files relative to it. */
  #table(manifest: ArtifactManifest): string {
    const { stdout } = this.context;
    const rows = kept(manifest).map(({ kind, path, bytes: size }) => [
      kind,
      bytes(size),
      relative(manifest.artifact_dir, path),
    ]);
    const files = table(['KIND', 'SIZE', 'FILE'], rows, columnsOf(stdout), 2, fitEnd);
    return `${paint(stdout).bold(tilde(manifest.artifact_dir))}\n${files}`;
  }
}

const plainly = (manifest: ArtifactManifest): string[] =>
  kept(manifest).map(({ kind, bytes, path }) => plainRecord(kind, bytes, path));

const kept = ({ files }: ArtifactManifest) => files.filter(({ exists }) => exists);
