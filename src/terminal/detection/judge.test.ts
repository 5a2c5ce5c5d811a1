import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judge } from './judge.ts';
import { loadRules } from './load.ts';
import { screenFromText } from './screen-from-text.ts';
import { drawnScreens } from './testing/index.ts';

for (const [provider, screens] of Object.entries(drawnScreens)) {
  const rules = loadRules(provider);
  describe(`a screen of ${provider}`, () => {
    for (const drawn of screens) {
      it(`that shows ${drawn.name} is ${drawn.label}`, () => {
        const screen = screenFromText(drawn.draw(100).join('\n'), { title: drawn.title ?? '' });
        const judgement = judge(screen, rules);
        assert.equal(judgement.label, drawn.label, JSON.stringify(judgement, null, 1));
        assert.equal(judgement.overage, drawn.overage ?? false);
        if (drawn.startup) assert.equal(judgement.startup, drawn.startup);
        if (drawn.question) assert.equal(judgement.question, drawn.question);
        if (drawn.choices) assert.equal(judgement.choices?.length, drawn.choices);
        if (drawn.selected)
          assert.equal(judgement.choices?.find((choice) => choice.selected)?.label, drawn.selected);
        if (drawn.warning) assert.equal(judgement.warnings[0]?.kind, drawn.warning);
        if (drawn.resets) assert.equal(judgement.resets_at_text, drawn.resets);
      });
    }
  });
}
