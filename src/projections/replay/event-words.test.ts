import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decode, isUnreadable, type LedgerEvent } from '../../events/catalogue/index.ts';
import { historyLine } from '../../events/transfer/history-file.ts';
import { describeEvent } from './event-words.ts';

const folder = join(import.meta.dirname, '../../../fixtures/histories/v0.2.0');

/** Every event of a kept history. */
function eventsOf(name: string): LedgerEvent[] {
  const lines = readFileSync(join(folder, name), 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const stored = historyLine(line, index + 1);
    const event = stored && decode(stored);
    return event && !isUnreadable(event) ? event : [];
  });
}

const described = (name: string, type: string) =>
  eventsOf(`${name}.ndjson`)
    .filter((event) => event.type === type)
    .map(describeEvent);

describe('an event in words', () => {
  it('is one sentence on one line, whatever it was', () => {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.ndjson'))) {
      for (const event of eventsOf(name)) {
        const { description, evidence } = describeEvent(event);
        assert.match(description, /^\S.*\S$/, event.type);
        assert.doesNotMatch(description, /undefined|null|\[object/, event.type);
        for (const line of evidence) assert.doesNotMatch(line, /\n/, event.type);
      }
    }
  });

  it('shows a question once', () => {
    const [asked] = described('question-answered', 'worker.transitioned');
    assert.deepEqual(asked?.evidence, ['Should prices be rounded per line or per order?']);
  });

  it('counts as people do', () => {
    assert.equal(
      described('terminated-while-working', 'worker.terminated')[0]?.description,
      'terminated: 1 process ended',
    );
    assert.match(
      described('collected-twice', 'worker.collected')[0]?.description ?? '',
      /1 changed file, 3 artifacts/,
    );
    assert.match(
      described('approval-given', 'worker.message_sent')[0]?.description ?? '',
      /of 1 character is sent/,
    );
  });
});
