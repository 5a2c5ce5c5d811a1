import { dirname } from 'node:path';
import { Command } from 'clipanion';
import type { Static } from 'typebox';
import { skillNamed, skillsFolder } from '../../../../hosts/skills.ts';
import { SkillPath } from '../../../../hosts/skills-schema.ts';
import { PlainCommand } from '../../../grammar/command.ts';
import { argument } from '../../../grammar/option.ts';

export default class SkillsPath extends PlainCommand<Static<typeof SkillPath>> {
  static override paths = [['skills', 'path']];
  static override usesHome = false;
  static override report = SkillPath;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Print the folder of one skill, or of all',
    examples: [['Print the folder', '$0 skills path agentpool']],
  });

  name = argument('NAME');

  async work(): Promise<undefined> {
    const path = this.name === undefined ? skillsFolder() : dirname(skillNamed(this.name).path);
    this.print({ path }, (found) => found.path);
  }
}
