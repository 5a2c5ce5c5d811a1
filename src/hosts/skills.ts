import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentPoolError } from '../lib/errors.ts';
import { packageRoot } from '../lib/package-root.ts';
import { suggest } from '../lib/suggest.ts';
import { shell } from '../lib/text/shell.ts';
import type { Skill, SkillText } from './skills-schema.ts';

/** The older AgentPool calls its skill so. */
const ALIASES: Readonly<Record<string, readonly string[]>> = { agentpool: ['core'] };

export const skillsFolder = (): string => join(packageRoot(), 'skills');

export function listSkills(): Skill[] {
  return readdirSync(skillsFolder())
    .sort()
    .map((name) => {
      const path = join(skillsFolder(), name, 'SKILL.md');
      const { head } = halves(readFileSync(path, 'utf8'));
      return {
        name,
        aliases: [...(ALIASES[name] ?? [])],
        description: wordOf(head, 'description'),
        version: wordOf(head, 'version'),
        full_available: references(name).length > 0,
        path,
      };
    });
}

/** Throws SKILL_NOT_FOUND with the nearest known one. */
export function skillNamed(word: string): Skill {
  const skills = listSkills();
  const found = skills.find(({ name, aliases }) => name === word || aliases.includes(word));
  if (found) return found;
  const known = skills.map(({ name }) => name);
  const nearest = suggest(word, known) ?? known[0];
  throw new AgentPoolError('SKILL_NOT_FOUND', `There is no skill ${word}. Known: ${known.join(', ')}.`, {
    skill: word,
    known,
    example: shell`agentpool skills get ${nearest ?? ''}`,
  });
}

/** The file as it is; `full` with every reference behind it, each under its own name. */
export function readSkill(skill: Skill, { full }: { full: boolean }): SkillText {
  const added = full
    ? references(skill.name).map(
        (file) =>
          `\n<!-- references/${file} -->\n\n${readFileSync(join(referencesOf(skill.name), file), 'utf8')}`,
      )
    : [];
  return { ...skill, full, text: [readFileSync(skill.path, 'utf8'), ...added].join('') };
}

/** What the skill says, without the head that only hosts read. */
export const skillBody = (): string => halves(readFileSync(skillNamed('agentpool').path, 'utf8')).body;

/** The points of one section of the skill, a line each. */
export function skillPoints(section: string): string[] {
  const [, after = ''] = skillBody().split(`\n## ${section}\n`);
  const [lines = ''] = after.split('\n## ');
  return lines.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []));
}

/** One value of the head, which is flat enough to be read without a YAML parser: servers start with this file. */
const wordOf = (head: string, key: string): string =>
  new RegExp(`^ *${key}: *"?(.*?)"? *$`, 'm').exec(head)?.[1] ?? '';

function halves(file: string): { head: string; body: string } {
  const [, head = '', body = file] = /^---\n([\s\S]*?)\n---\n\s*([\s\S]*)$/.exec(file) ?? [];
  return { head, body };
}

const referencesOf = (name: string): string => join(skillsFolder(), name, 'references');

function references(name: string): string[] {
  const folder = referencesOf(name);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
