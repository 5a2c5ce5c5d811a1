import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { askedAtTheEnd } from './prose.ts';
import { readRows } from './rows.ts';
import { screenFromText } from './screen-from-text.ts';

const asked = (...lines: string[]) => askedAtTheEnd(readRows(screenFromText(lines.join('\n'))));

describe('an agent’s message asks', () => {
  it('when its last sentence is a question', () => {
    assert.equal(asked('● It is done. Shall I commit it?'), 'Shall I commit it?');
    assert.equal(asked('● Hotovo.', '', '  Chceš to spustit?'), 'Chceš to spustit?');
    assert.equal(asked('● 終わりました。続けますか？'), '終わりました。続けますか？');
  });

  it('when a list of options or a short afterthought follows the question', () => {
    assert.equal(asked('● Which one?', '', '  1. a table', '  2. a column'), 'Which one?');
    assert.equal(asked('● Approve the commit? Then I redeploy.'), 'Approve the commit?');
    assert.equal(
      asked('● Let me know which of the two you prefer.'),
      'Let me know which of the two you prefer.',
    );
  });

  it('but not when it only mentions a question', () => {
    assert.equal(asked('● The button says "Continue?"'), undefined);
    assert.equal(asked('● I renamed `isReady?` everywhere.'), undefined);
    assert.equal(asked('● See https://example.com/?q=1 for more.'), undefined);
  });

  it('but not when it answers its own question or is only polite', () => {
    assert.equal(asked('● Why did it fail? The cache was stale and its key had changed.'), undefined);
    assert.equal(asked('● Done. Is there anything else you need?'), undefined);
    assert.equal(asked('● Hello! How can I help you today?'), undefined);
  });

  it('but not when there is no message', () => {
    assert.equal(asked(''), undefined);
  });
});
