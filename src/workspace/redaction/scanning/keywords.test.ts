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
        fc.array(fc.stringMatching(/^[abAB_xé]{0,100}$/), { minLength: 1, maxLength: 3 }),
        (keywords, texts) => {
          const known = new Keywords(keywords);
          for (const text of texts) {
            const hits = known.find(text);
            const all = Array.from({ length: hits.count }, (_, hit) => [
              hits.at(hit),
              keywords[hits.keyword(hit)],
            ]);
            assert.deepEqual(all, found(keywords, text));
          }
        },
      ),
    );
  });

  it('are begun by their first letters and by no others, whatever was searched before', () => {
    const known = new Keywords(['ghp_', 'hp', 'aws_secret']);
    known.find('ghpx aws_ghp_ aws_secrets');
    for (const head of ['g', 'gh', 'ghp', 'ghp_', 'h', 'aws_s'])
      assert.notEqual(known.beginning(head), 0, head);
    for (const head of ['x', 'gg', 'hpx', 'p', 'ghp_x', 'é', 'gé'])
      assert.equal(known.beginning(head), 0, head);
    assert.notEqual(known.beginning('gh'), known.beginning('h'));
  });
});
