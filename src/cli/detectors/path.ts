import { Command } from 'clipanion';
import { homeFolder, paths } from '../../config/paths.ts';
import { PlainCommand } from '../command.ts';

export default class DetectorsPath extends PlainCommand {
  static override paths = [['detectors', 'path']];
  static override usage = Command.Usage({
    category: 'Detection',
    description: 'say where your own detection rules lie',
    details:
      'One file a provider, named as it; laid over the rules that come with AgentPool (docs/detection.md).',
    examples: [['The folder', '$0 detectors path']],
  });

  async work(): Promise<undefined> {
    const { detectors } = paths(homeFolder(this.context.env));
    this.print({ path: detectors }, ({ path }) => path);
  }
}
