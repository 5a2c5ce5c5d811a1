import { Command } from 'clipanion';
import type { Static } from 'typebox';
import { listSkills, readSkill, skillNamed } from '../../../hosts/skills.ts';
import { SkillTexts } from '../../../hosts/skills-schema.ts';
import { PlainCommand } from '../../grammar/command.ts';
import { Option, pagerOption } from '../../grammar/option.ts';

export default class SkillsGet extends PlainCommand<Static<typeof SkillTexts>> {
  static override paths = [['skills', 'get']];
  static override report = SkillTexts;
  static override usage = Command.Usage({
    category: 'Connect and configure',
    description: 'print a skill file, as it ships with this version',
    examples: [
      ['The skill', '$0 skills get agentpool'],
      ['With its examples and references', '$0 skills get agentpool --full'],
    ],
  });

  skill = Option.String({ name: 'name', required: false });
  full = Option.Boolean('--full', false, { description: 'with every reference behind it' });
  all = Option.Boolean('--all', false, { description: 'every skill that there is' });
  override pager = pagerOption();

  async work(): Promise<undefined> {
    const wanted = this.all ? listSkills() : [skillNamed(this.skill ?? 'agentpool')];
    const skills = wanted.map((skill) => readSkill(skill, { full: this.full }));
    await this.show({ skills }, (read) => read.skills.map(({ text }) => text).join('\n'));
  }
}
