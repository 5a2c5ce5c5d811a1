import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { layersPicture, machinePicture, withPictures } from './architecture.ts';

const page = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');

describe('docs/architecture.md', () => {
  it('shows the layers and the machine as the code has them (npm run docs draws them)', () => {
    assert.equal(withPictures(page), page);
  });

  it('names every layer', () => {
    for (const layer of layersPicture().matchAll(/\[src\/([\w/]+)\]/g))
      assert.match(page, new RegExp(`src/${layer[1]}`));
  });

  it('draws the transitions of the machine', () => {
    assert.match(machinePicture(), /AWAITING_USER_INPUT --> RUNNING: .*message_sent/);
    assert.doesNotMatch(machinePicture(), /CANCELLED --> (?!STARTING|LOST)/);
  });
});
