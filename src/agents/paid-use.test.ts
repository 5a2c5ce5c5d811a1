import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AGENT_IDS } from '../config/provider-ids.ts';
import { classify } from '../terminal/detection/classify.ts';
import { screenFromText } from '../terminal/detection/screen/screen-from-text.ts';
import { drawnScreens } from './testing/drawn-screens.ts';
import { packagedRules } from './testing/rules.ts';

const isPaid = (provider: string, rows: readonly string[]): boolean =>
  classify(screenFromText(rows.join('\n')), packagedRules(provider)).warnings.some(({ paid }) => paid);

const LINE = '─'.repeat(80);
const below = (notice: string) => ['● Done.', '', notice, LINE, '❯ ', LINE, '  ? for shortcuts'];

describe('paid use', () => {
  for (const notice of [
    `${' '.repeat(60)}You're now using usage credits · Your 5-hour limit resets 8:16pm (UTC)`,
    'Now using extra usage',
    '⚠ You are now drawing from prepaid credits',
    "You're using pay-as-you-go",
  ])
    it(`is seen with any agent: ${notice.trim()}`, () => {
      for (const provider of [...AGENT_IDS, 'an-agent-of-ones-own'])
        assert.equal(isPaid(provider, below(notice)), true, provider);
    });

  it('is not seen where a message speaks of it', () => {
    for (const words of [
      '● The page says "you are now using usage credits".',
      '● Extra usage is billed monthly.',
    ])
      for (const provider of AGENT_IDS) assert.equal(isPaid(provider, below(words)), false, provider);
  });

  it('is seen on no other screen', () => {
    for (const [provider, screens] of Object.entries(drawnScreens))
      for (const { name, draw } of screens)
        for (const cols of [80, 200])
          assert.equal(isPaid(provider, draw(cols)), false, `${provider} ${name}`);
  });
});
