import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { flagsFor, withoutMark } from '../terminal/detection/rules/compile.ts';
import { neededWordsOf, patternsIn } from '../terminal/detection/rules/needed-words.ts';
import { RulePattern } from '../terminal/detection/rules/rule-pattern.ts';
import type { RuleFile } from '../terminal/detection/rules/schema.ts';
import { builtinRules } from './screen-rules.ts';
import { drawnScreens } from './testing/drawn-screens.ts';

const screens = Object.values(drawnScreens).flatMap((each) => each.map(({ draw }) => draw(100)));
/** What patterns are tried on: rows as they are drawn, and whole screens as one line. */
const drawn = [...new Set([...screens.flat(), ...screens.map((rows) => rows.join(' '))])];
const texts = [...drawn, ...drawn.map((text) => text.replace(/[\p{L}\p{N}] /u, '$&🚀 '))];

for (const provider of builtinRules.providers()) {
  const content = parse(readFileSync(builtinRules.fileFor(provider) ?? '', 'utf8')) as RuleFile;
  const words = neededWordsOf(content);
  describe(`a pattern of the rules for ${provider}`, () => {
    it('matches what it matches when it is compiled for every text, with all of Unicode', () => {
      for (const source of new Set(patternsIn(content))) {
        const { text: pattern, ignoresCase } = withoutMark(source);
        const flags = flagsFor(pattern, { ignoresCase, isUsers: false });
        const compile = () => new RegExp(pattern, flags);
        const own = RulePattern.lazily(compile, { words: words[source] ?? null, ignoresCase });
        const compiled = new RegExp(pattern, ignoresCase ? 'iu' : 'u');
        for (const text of texts) assert.equal(own.test(text), compiled.test(text), `${source}: ${text}`);
      }
    });
  });
}
