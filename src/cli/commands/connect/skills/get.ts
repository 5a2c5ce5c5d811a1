import { Command } from 'clipanion';
import type { Static } from 'typebox';
import { listSkills, readSkill, skillNamed } from '../../../../hosts/skills.ts';
import { SkillTexts } from '../../../../hosts/skills-schema.ts';
import { PlainCommand } from '../../../grammar/command.ts';
import { argument, flag, pagerFlag } from '../../../grammar/option.ts';

export default class SkillsGet extends PlainCommand<Static<typeof SkillTexts>> {
  static override paths = [['skills', 'get']];
  static override usesHome = false;
  static override report = SkillTexts;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'Print a skill file that ships with this version',
    examples: [
      ['Print the skill', '$0 skills get agentpool'],
      ['Print it with its examples and references', '$0 skills get agentpool --full'],
    ],
  });

  name = argument('NAME');
  full = flag('--full', 'include every reference');
  all = flag('--all', 'print every skill');
  override pager = pagerFlag();

  async work(): Promise<undefined> {
    const wanted = this.all ? listSkills() : [skillNamed(this.name ?? 'agentpool')];
    const skills = wanted.map((skill) => readSkill(skill, { full: this.full }));
    await this.show({ skills }, (read) => read.skills.map(({ text }) => text).join('\n'));
  }
}
