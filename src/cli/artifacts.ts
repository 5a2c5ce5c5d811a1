import { Command } from 'clipanion';
import type { House } from '../workers/house.ts';
import { sessionNamed } from '../workers/named-session.ts';
import { artifactManifest } from '../workspace/artifacts.ts';
import { ArtifactManifest } from '../workspace/artifacts-schema.ts';
import { ListCommand } from './list-command.ts';
import { Option } from './option.ts';

export default class Artifacts extends ListCommand<ArtifactManifest> {
  static override paths = [['artifacts']];
  static override report = ArtifactManifest;
  static override usage = Command.Usage({
    category: 'Take the result',
    description: 'list the files that are kept of a worker',
    examples: [['Where the patch is', '$0 artifacts @last']],
  });

  session = Option.String({ required: true, name: 'SESSION' });

  async list(house: House): Promise<undefined> {
    const session = sessionNamed(house, this.session);
    this.print(await artifactManifest(session.artifact_dir), ({ files }) =>
      files
        .filter(({ exists }) => exists)
        .map(({ kind, path, bytes }) => `${kind.padEnd(11)} ${String(bytes).padStart(9)} B  ${path}`)
        .join('\n'),
    );
  }
}
