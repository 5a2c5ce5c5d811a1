import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { gapFrom } from '../../../events/chain/gap.ts';
import type { StoredEvent } from '../../../events/event.ts';
import { chainHash, links as nodeLinks } from '../../../events/store/hash.ts';
import { historyLine } from '../../../events/transfer/history-file.ts';
import { gapIn } from '../../../events/transfer/part.ts';
import { anyCharacter } from '../../../lib/testing/any-character.ts';
import type { PageData } from '../../../report/replay/page-data.ts';
import { answered, asked, completed, Story } from '../testing/story.ts';
import { PartProof, type Proof } from './proof.ts';
import { links } from './sha256.ts';

function proofOf({ events, gaps }: Pick<PageData, 'events' | 'gaps'>): Proof {
  const check = new PartProof(
    links,
    events,
    gaps.flatMap((gap) => gapFrom(gap) ?? []),
  );
  while (check.step());
  return check.proof;
}

/** Two workers, and others between their events. */
const story = () =>
  new Story()
    .others(0, 3)
    .begun(1, 'ap_a')
    .others(2, 2)
    .begun(3, 'ap_b')
    .others(4, 1)
    .at(5, 'ap_a', asked('Which one? ü 🚀 \u2028'))
    .others(6, 4)
    .at(7, 'ap_a', answered('The first.'))
    .at(8, 'ap_b', completed)
    .others(9, 1);

const data = async (...sessions: string[]) => (await story().parts(sessions)).data;

/** With the hash of an event made again from its new content, as who knows the format would do. */
function forged(events: StoredEvent[], index: number, change: Partial<StoredEvent>): void {
  const event = events[index] as StoredEvent;
  Object.assign(event, change);
  const previous = Buffer.from(events[index - 1]?.hash ?? '', 'hex');
  event.hash = chainHash(previous, event).toString('hex');
}

describe('the chain of a page', () => {
  it('is computed by the browser as by Node', () => {
    fc.assert(
      fc.property(
        fc.record({
          position: fc.nat(),
          text: fc.string({ unit: anyCharacter }),
          previous: fc.uint8Array({ minLength: 32, maxLength: 32 }),
        }),
        ({ position, text, previous }) => {
          const row = {
            position,
            event_id: text,
            stream_id: 'worker/a',
            stream_version: 1,
            type: 't',
            schema_version: 1,
            occurred_at: '',
            recorded_at: '',
            command_id: null,
            causation_id: null,
            correlation_id: null,
            actor: text,
            payload: JSON.stringify({ text }),
            metadata: '{}',
          };
          const [own, theirs] = [links, nodeLinks].map((each) =>
            Buffer.from(each.chainHash(previous, row)).toString('hex'),
          );
          assert.equal(own, theirs);
        },
      ),
    );
  });

  it('holds for the histories of every release, whose hashes are of two versions', () => {
    const folder = join(import.meta.dirname, '../../../../fixtures/histories');
    for (const release of readdirSync(folder).filter((name) => name.startsWith('v')))
      for (const name of readdirSync(join(folder, release)).filter((file) => file.endsWith('.ndjson'))) {
        const lines = readFileSync(join(folder, release, name), 'utf8').split('\n');
        const events = lines.flatMap((line, index) => historyLine(line, index + 1) ?? []);
        const { fault, verified, pieces } = proofOf({ events, gaps: [] });
        assert.deepEqual([fault, verified, pieces], [null, events.length, 1], `${release} ${name}`);
      }
  });

  it('holds across what is left out, in one piece, and says how much that is', async () => {
    const { verified, of, pieces, fault, bridged } = proofOf(await data('ap_a', 'ap_b'));
    assert.deepEqual([verified, of, pieces, fault, bridged], [9, 9, 1, null, 7]);
    assert.deepEqual(proofOf(await data('ap_a')).fault, null);
    assert.equal(proofOf(await data('ap_a')).pieces, 1);
  });

  it('does not hold after any change of any field of any event', async () => {
    const whole = await data('ap_a', 'ap_b');
    const fields = Object.keys(whole.events[0] ?? {}) as (keyof StoredEvent)[];
    for (const [index] of whole.events.entries())
      for (const field of fields) {
        const { events, gaps } = structuredClone(whole);
        const event = events[index] as StoredEvent;
        const value = event[field];
        Object.assign(event, { [field]: typeof value === 'number' ? value + 1 : `${value ?? ''}x` });
        const { fault } = proofOf({ events, gaps });
        assert.ok(fault, `${field} of event ${index}`);
        assert.ok(fault.index <= index + 1, `${field} of event ${index}`);
      }
  });

  it('does not hold where the hash was made again for the new content, also just before a gap', async () => {
    const whole = await data('ap_a', 'ap_b');
    for (const [index] of whole.events.slice(0, -1).entries()) {
      const { events, gaps } = structuredClone(whole);
      forged(events, index, { actor: 'forger' });
      assert.ok(proofOf({ events, gaps }).fault, `event ${index}`);
    }
  });

  it('does not hold without one event, whatever else is changed to hide that', async () => {
    const whole = await data('ap_a', 'ap_b');
    for (const [index] of whole.events.slice(0, -1).entries()) {
      const { events, gaps } = structuredClone(whole);
      const [removed] = events.splice(index, 1) as [StoredEvent];
      assert.ok(proofOf({ events, gaps }).fault, `event ${index}`);
      // With the hash of its row in place of it, only the number within its stream shows that it is missing: the last
      // event of a worker can be left out, which the page says.
      if (!events.some((event) => event.stream_id === removed.stream_id && event.position > removed.position))
        continue;
      const before = gaps.find(({ to }) => to === removed.position - 1);
      const after = gaps.find(({ from }) => from === removed.position + 1);
      const row = Buffer.from(nodeLinks.rowHash(removed));
      const rows = [before?.rows, row.toString('base64'), after?.rows].map((text) =>
        Buffer.from(text ?? '', 'base64'),
      );
      const others = gaps.filter((gap) => gap !== before && gap !== after);
      const bridge = {
        from: before?.from ?? removed.position,
        to: after?.to ?? removed.position,
        rows: Buffer.concat(rows).toString('base64'),
      };
      assert.ok(proofOf({ events, gaps: [...others, bridge] }).fault, `event ${index}, bridged`);
    }
  });

  it('does not hold where events are swapped, or a gap is not what it was', async () => {
    const whole = await data('ap_a', 'ap_b');
    const swapped = structuredClone(whole);
    swapped.events.splice(3, 2, ...swapped.events.slice(3, 5).reverse());
    assert.ok(proofOf(swapped).fault);
    for (const change of [
      (rows: Buffer) => rows.subarray(32),
      (rows: Buffer) => Buffer.concat([rows, Buffer.alloc(32)]),
      (rows: Buffer) => Buffer.from(rows.map((byte, at) => (at === 5 ? byte ^ 1 : byte))),
    ]) {
      const { events, gaps } = structuredClone(whole);
      const gap = gaps.find(({ rows }) => rows !== undefined);
      assert.ok(gap?.rows);
      gap.rows = change(Buffer.from(gap.rows, 'base64')).toString('base64');
      assert.ok(proofOf({ events, gaps }).fault);
    }
    const { events } = structuredClone(whole);
    assert.match(proofOf({ events, gaps: [] }).fault?.reason ?? '', /nothing says what was between/);
  });

  it('is in pieces where the hash before an event is only stated, as older releases do', async () => {
    const told = story();
    const { events, gaps } = (await told.parts(['ap_a'])).data;
    const log = told.store.readAll({});
    const stated = gaps.map(({ from, to }) => ({ from, to, stated: log[to - 1]?.hash ?? '' }));
    const { fault, pieces, links: found } = proofOf({ events, gaps: stated });
    assert.deepEqual([fault, pieces], [null, 1 + found.filter((link) => link === 'stated').length - 1]);
    assert.ok(pieces > 1);
  });

  it('reads a gap from a line as from a page, and nothing else for a gap', () => {
    const rows = Buffer.alloc(64, 7).toString('base64');
    const gap = { from: 2, to: 3, rows };
    assert.deepEqual(gapIn(JSON.stringify({ gap })), gapFrom(gap));
    for (const other of [null, 7, {}, { from: 1, to: 2 }, { from: 1.5, to: 2, rows }, { ...gap, rows: '%' }])
      assert.equal(gapFrom(other), null);
  });
});
