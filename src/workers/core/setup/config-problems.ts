import { validateConfig } from '../../../config/file/load.ts';
import type { Paths } from '../../../config/paths.ts';
import { errorMessage } from '../../../lib/errors.ts';
import { storageError } from '../../../lib/files/private-files.ts';
import { rulesIn } from '../../../terminal/detection/rules/load.ts';
import { checkRuleFile } from '../../../terminal/detection/rules/rule-file.ts';

/**
 * The errors that keep the user's files from being applied, one line each with file, line and reason: config.yaml and
 * the user's own detection rules. While there are any, running processes use the last valid files.
 */
export async function configProblems(configPath: string, { detectors }: Paths): Promise<string[]> {
  const { errors } = await validateConfig(configPath);
  return [...errors, ...ruleProblems(detectors)];
}

/** The errors in the rule files of a folder, which may be missing. */
export function ruleProblems(detectors: string): string[] {
  const rules = rulesIn(detectors);
  try {
    return rules.providers().flatMap((provider) => {
      const file = rules.fileFor(provider);
      const problems = file === null ? [] : checkRuleFile(file);
      return problems.map(
        ({ line, rule, what }) => `${file}:${line}: ${rule ? `rule ${rule}: ` : ''}${what}`,
      );
    });
  } catch (error) {
    // Something else is in place of the folder, or it may not be read.
    return [`${detectors}: ${errorMessage(storageError(error, detectors))}`];
  }
}
