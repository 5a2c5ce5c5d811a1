import { Command } from 'clipanion';
import type { Static } from 'typebox';
import { listSkills } from '../../../../hosts/skills.ts';
import { SkillList } from '../../../../hosts/skills-schema.ts';
import { plainRecord } from '../../../../report/text/plain.ts';
import { columnsOf } from '../../../../report/text/style.ts';
import { table } from '../../../../report/text/table.ts';
import { PlainCommand } from '../../../grammar/command.ts';
import { pagerFlag, plainFlag } from '../../../grammar/option.ts';

export default class SkillsList extends PlainCommand<Static<typeof SkillList>> {
  static override paths = [['skills', 'list'], ['skills']];
  static override usesHome = false;
  static override report = SkillList;
  static override usage = Command.Usage({
    category: 'Connect',
    description: 'List the skill files that ship with this version',
    examples: [
      ['List them', '$0 skills list'],
      ['Give one to Claude Code', 'ln -s "$($0 skills path agentpool)" ~/.claude/skills/agentpool'],
    ],
  });
  override plain = plainFlag('one skill');
  override pager = pagerFlag();

  async work(): Promise<undefined> {
    await this.show(
      { skills: listSkills() },
      ({ skills }) =>
        table(
          ['SKILL', 'VERSION', ''],
          skills.map(({ name, version, description }) => [name, version, description]),
          columnsOf(this.context.stdout),
        ),
      ({ skills }) =>
        skills.map(({ name, version, path, description }) => plainRecord(name, version, path, description)),
    );
  }
}
