import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { screenFromText } from '../terminal/detection/screen/screen-from-text.ts';
import { draftIn } from '../terminal/input/draft.ts';
import { inputView } from '../terminal/input/input-view.ts';
import { packagedRules } from './testing/rules.ts';

const claude = (box: string) => {
  const rule = '─'.repeat(60);
  return draftIn(
    screenFromText([rule, box, rule, '  ? for shortcuts'].join('\n'), { ansi: true }),
    inputView(packagedRules('claude-code')),
    'framed',
  );
};
const codex = (box: string) =>
  draftIn(
    screenFromText(['', box, '', '  gpt-6 medium · ~/repo'].join('\n'), { ansi: true }),
    inputView(packagedRules('codex-cli')),
    'any',
  );

describe('what is typed in an input box', () => {
  it('is nothing where the agent only suggests a text, with its first sign under the cursor', () => {
    assert.equal(claude('\x1b[39m❯\u00a0\x1b[7mR\x1b[0;2mesend your message to try again\x1b[0m'), null);
    assert.equal(claude('❯\u00a0\x1b[7mR\x1b[0m\x1b[39m\x1b[49mesend your message to try again'), null);
    assert.equal(claude('❯ '), null);
    assert.equal(codex('\x1b[1m›\x1b[0m \x1b[2mAsk Codex to do anything\x1b[0m'), null);
  });

  it('is the text of a person', () => {
    assert.equal(claude('\x1b[39m❯\u00a0wait for me\x1b[7m \x1b[0m'), 'wait for me');
    assert.equal(codex('\x1b[1m›\x1b[0m wait for me'), 'wait for me');
  });
});
