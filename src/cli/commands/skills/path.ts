import { dirname } from 'node:path';
import { Command } from 'clipanion';
import type { Static } from 'typebox';
import { skillNamed, skillsFolder } from '../../../hosts/skills.ts';
import { SkillPath } from '../../../hosts/skills-schema.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { Option } from '../../grammar/option.ts';

export default class SkillsPath extends PlainCommand<Static<typeof SkillPath>> {
  static override paths = [['skills', 'path']];
  static override report = SkillPath;
  static override usage = Command.Usage({
    category: 'Connect and configure',
    description: 'the folder of a skill, or of all of them',
    examples: [['Where it lies', '$0 skills path agentpool']],
  });

  skill = Option.String({ name: 'name', required: false });

  async work(): Promise<undefined> {
    const path = this.skill === undefined ? skillsFolder() : dirname(skillNamed(this.skill).path);
    this.print({ path }, (found) => found.path);
  }
}
