import { relative } from 'node:path';
import { Command } from 'clipanion';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { artifactManifest } from '../workspace/artifacts.ts';
import { ArtifactManifest } from '../workspace/artifacts-schema.ts';
import { HouseCommand } from './command.ts';
import { Option, pagerOption, plainOption } from './option.ts';
import { bytes } from './output/bytes.ts';
import { plainRecord } from './output/plain.ts';
import { columnsOf, paint } from './output/style.ts';
import { fitEnd, table } from './output/table.ts';
import { tilde } from './output/tilde.ts';

export default class Artifacts extends HouseCommand<ArtifactManifest> {
  static override paths = [['artifacts']];
  static override report = ArtifactManifest;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: 'list the files that are kept of a worker',
    examples: [['Where the patch is', '$0 artifacts @last']],
  });

  session = Option.String({ required: true, name: 'SESSION' });
  override plain = plainOption('one file');
  override pager = pagerOption();

  async run(house: House): Promise<undefined> {
    const session = sessionNamed(house, this.session);
    await this.show(await artifactManifest(session.artifact_dir), (kept) => this.#table(kept), plainly);
  }

  /** The folder once, and the files as they are named in it. */
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
