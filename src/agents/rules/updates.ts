import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { parse, stringify } from 'yaml';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import { shell } from '../../lib/text/shell.ts';
import { checkRules } from '../../terminal/detection/rules/rule-file.ts';
import type { RuleFile } from '../../terminal/detection/rules/schema.ts';
import { builtinRules } from '../screen-rules.ts';
import { notTaken, type UncheckedRules } from './offered.ts';
import { updatedRules, updatesFolder } from './updated-rules.ts';

/** Rules that may take the place of those of one agent, and what they would change. */
export interface RuleUpdate {
  provider: string;
  content: RuleFile;
  source: UncheckedRules;
  /** How many rules there are now, and how many there would be. */
  before: number;
  after: number;
  /** Unified, of the rules in force and these; '' where they are the same. */
  diff: string;
}

/**
 * What taking these rules would change for a home whose rules lie in `detectors`.
 * @throws RULES_NOT_TAKEN where they are not valid
 */
export function ruleUpdate(from: string, source: UncheckedRules, detectors: string): RuleUpdate {
  const [problem] = checkRules(source.text, from, null);
  if (problem) {
    const { line, rule, what } = problem;
    throw notTaken(
      `${from}:${line}: ${rule ? `rule ${rule}: ` : ''}${what}. Nothing was taken.`,
      shell`agentpool detectors validate ${from}`,
    );
  }
  const content = parse(source.text) as RuleFile;
  const { provider } = content;
  const now = rulesInForce(provider, detectors);
  const old = `${provider}, ${now.name}`;
  const patch = createTwoFilesPatch(old, `${provider}, ${from}`, asYaml(now.content), asYaml(content));
  const isSame = asYaml(now.content) === asYaml(content);
  return {
    provider,
    content,
    source,
    before: now.content?.rules.length ?? 0,
    after: content.rules.length,
    diff: isSame ? '' : patch.replace(/^=+\n/, ''),
  };
}

/** The rules that would be replaced: an earlier update, or those that came with AgentPool. */
function rulesInForce(provider: string, detectors: string): { name: string; content: RuleFile | null } {
  const [file] = updatedRules(builtinRules, detectors).flatMap((layer) => layer.fileFor(provider) ?? []);
  if (file === undefined) return { name: 'none', content: null };
  const name = file === builtinRules.fileFor(provider) ? 'as shipped' : 'updated';
  return { name, content: parse(readFileSync(file, 'utf8')) as RuleFile };
}

/** In one form, so that a diff shows no more than what differs. */
const asYaml = (content: RuleFile | null): string =>
  content === null
    ? ''
    : stringify(content, { lineWidth: 110, defaultStringType: 'QUOTE_SINGLE', defaultKeyType: 'PLAIN' });

/** Puts the rules in the place of those that came with AgentPool. Returns the file. */
export async function takeUpdate(
  { provider, content, source }: RuleUpdate,
  { from, detectors, now }: { from: string; detectors: string; now: Date },
): Promise<string> {
  const folder = updatesFolder(detectors);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${provider}.yaml`);
  // A line break in the name would end the comment.
  const origin = `# Taken from ${from.replace(/\s+/g, ' ')} at ${now.toISOString()}; sha256 ${source.sha256}.\n`;
  await writePrivateFile(path, origin + asYaml(content));
  return path;
}

/** Goes back to the rules that came with AgentPool. False where none had taken their place. */
export function dropUpdate(provider: string, detectors: string): boolean {
  const path = join(updatesFolder(detectors), `${provider}.yaml`);
  if (!existsSync(path)) return false;
  rmSync(path);
  return true;
}
