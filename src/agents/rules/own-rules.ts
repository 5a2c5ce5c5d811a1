import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, YAMLSeq } from 'yaml';
import { writePrivateFile } from '../../lib/files/atomic-file.ts';
import { rulesIn } from '../../terminal/detection/rules/load.ts';
import type { RuleSource } from '../../terminal/detection/rules/schema.ts';

/** Adds a rule to the user's own of a provider; comments and order of the file stay. Returns the file. */
export async function addOwnRule(detectors: string, provider: string, rule: RuleSource): Promise<string> {
  const path = ownRulesFile(detectors, provider);
  mkdirSync(detectors, { recursive: true, mode: 0o700 });
  const exists = rulesIn(detectors).fileFor(provider) !== null;
  const document = parseDocument(exists ? readFileSync(path, 'utf8') : `provider: ${provider}\n`);
  const rules = document.get('rules');
  if (rules instanceof YAMLSeq) rules.add(document.createNode(rule));
  else document.set('rules', document.createNode([rule]));
  await writePrivateFile(path, document.toString({ lineWidth: 0 }));
  return path;
}

/** The file of a user's own rules for a provider; it may not exist. */
export const ownRulesFile = (detectors: string, provider: string): string =>
  rulesIn(detectors).fileFor(provider) ?? join(detectors, `${provider}.yaml`);
