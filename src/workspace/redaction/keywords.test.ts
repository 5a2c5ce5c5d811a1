import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Keywords } from './keywords.ts';

/** Every place of every keyword, looked for one by one: by place, the longest first. */
const found = (keywords: readonly string[], text: string): [number, string][] =>
  keywords
    .flatMap((keyword) =>
      Array.from({ length: text.length }, (_, at): [number, string] => [at, keyword]).filter(([at]) =>
        text.toLowerCase().startsWith(keyword, at),
      ),
    )
    .sort(([one, { length: first }], [other, { length: second }]) => one - other || second - first);

describe('the keywords in a text', () => {
  it('are all found, in order, the longest first', () => {
    const words = fc.stringMatching(/^[ab_]{1,5}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(words, { minLength: 1, maxLength: 12 }),
        fc.stringMatching(/^[abAB_x]{0,200}$/),
        (keywords, text) => {
          const hits = new Keywords(keywords).find(text);
          const all = Array.from({ length: hits.count }, (_, hit) => [
            hits.at(hit),
            keywords[hits.keyword(hit)],
          ]);
          assert.deepEqual(all, found(keywords, text));
        },
      ),
    );
  });
});
