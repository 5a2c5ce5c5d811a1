import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { classify } from '../terminal/detection/classify.ts';
import { screenFromText } from '../terminal/detection/screen/screen-from-text.ts';
import { drawnScreens } from './testing/drawn-screens.ts';
import { packagedRules } from './testing/rules.ts';

for (const [provider, screens] of Object.entries(drawnScreens)) {
  const rules = packagedRules(provider);
  describe(`a screen of ${provider}`, () => {
    for (const drawn of screens) {
      it(`that shows ${drawn.name} is ${drawn.label}`, () => {
        const screen = screenFromText(drawn.draw(100).join('\n'), { title: drawn.title ?? '' });
        const classification = classify(screen, rules);
        assert.equal(classification.label, drawn.label, JSON.stringify(classification, null, 1));
        assert.equal(classification.overage, drawn.overage ?? false);
        if (drawn.startup) assert.equal(classification.startup, drawn.startup);
        if (drawn.question) assert.equal(classification.question, drawn.question);
        if (drawn.choices) assert.equal(classification.choices?.length, drawn.choices);
        if (drawn.selected)
          assert.equal(classification.choices?.find((choice) => choice.selected)?.label, drawn.selected);
        if (drawn.warning) assert.equal(classification.warnings[0]?.kind, drawn.warning);
        assert.equal(classification.continues_itself, drawn.continuesItself);
        assert.equal(classification.safe_key, drawn.safeKey);
        if (drawn.resets) assert.equal(classification.resets_at_text, drawn.resets);
      });
    }
  });
}
