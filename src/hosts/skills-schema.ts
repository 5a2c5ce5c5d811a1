import Type, { type Static } from 'typebox';
import { flag, list, noted, text } from '../lib/shapes.ts';

/** A skill file as it ships with this package, and so of its version. */
export const Skill = Type.Object(
  {
    name: text,
    aliases: list(text),
    description: text,
    version: text,
    full_available: noted(flag, 'whether there is more than SKILL.md: examples, references'),
    path: noted(text, 'its SKILL.md, absolute'),
  },
  { title: 'Skill' },
);
export type Skill = Static<typeof Skill>;

export const SkillText = Type.Object(
  { ...Skill.properties, full: noted(flag, 'whether text has the references too'), text },
  { title: 'SkillText' },
);
export type SkillText = Static<typeof SkillText>;

export const SkillList = Type.Object({ skills: list(Skill) });
export const SkillTexts = Type.Object({ skills: list(SkillText) });
export const SkillPath = Type.Object({ path: text });
