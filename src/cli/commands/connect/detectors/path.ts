import { Command } from 'clipanion';
import Type, { type Static } from 'typebox';
import { homeFolder, paths } from '../../../../config/paths.ts';
import { text } from '../../../../lib/shapes.ts';
import { PlainCommand } from '../../../grammar/command.ts';

const Folder = Type.Object({ path: text });
type Folder = Static<typeof Folder>;

export default class DetectorsPath extends PlainCommand<Folder> {
  static override paths = [['detectors', 'path']];
  static override report = Folder;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Print the folder of your own detection rules',
    details:
      'One file per provider, named after it; overlaid on the rules that ship with AgentPool (docs/detection.md).',
    examples: [['Print the folder', '$0 detectors path']],
  });

  async work(): Promise<undefined> {
    const { detectors } = paths(homeFolder(this.context.env));
    this.print({ path: detectors }, ({ path }) => path);
  }
}
