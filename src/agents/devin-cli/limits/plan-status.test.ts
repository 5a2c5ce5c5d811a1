import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { parseDevinPlanStatus } from './plan-status.ts';

type Write = (writer: BinaryWriter) => BinaryWriter;
const message = (...fields: Write[]): Uint8Array =>
  fields.reduce((writer, field) => field(writer), new BinaryWriter()).finish();
const varint =
  (field: number, value: number | string): Write =>
  (w) =>
    w.tag(field, 0).int64(value);
const bytes =
  (field: number, value: Uint8Array): Write =>
  (w) =>
    w.tag(field, 2).bytes(value);
const words =
  (field: number, value: string): Write =>
  (w) =>
    w.tag(field, 2).string(value);
const left = (body: Uint8Array) => {
  const reading = parseDevinPlanStatus(body);
  assert.ok(reading.answered, JSON.stringify(reading));
  return reading;
};

describe("devin's plan status in protobuf", () => {
  const info = message(varint(1, 9), words(2, 'Pro'));
  const resets = [varint(17, 1795420800), varint(18, 1795766400)];

  it('gives what remains of the day and the week', () => {
    const answer = left(
      message(
        bytes(1, message(bytes(1, info), varint(14, 70), varint(15, 45), varint(16, 5_000_000), ...resets)),
      ),
    );
    assert.deepEqual(
      answer.windows.map((w) => [w.name, w.remaining_percent, w.reset_at]),
      [
        ['daily', 70, '2026-11-23T08:00:00.000Z'],
        ['weekly', 45, '2026-11-27T08:00:00.000Z'],
      ],
    );
    assert.deepEqual([answer.plan, answer.credits_remaining], ['Pro', 5]);
  });

  it('takes a left-out percentage for 0, as proto3 writes it', () =>
    assert.deepEqual(
      left(message(bytes(1, message(...resets, varint(15, 3))))).windows.map((w) => w.remaining_percent),
      [0, 3],
    ));

  it('leaves a hidden day out and skips fields that it does not know', () => {
    const hidden = message(words(2, 'Teams'), varint(36, 1));
    const fixed: Write = (w) => w.tag(99, 5).fixed32(7);
    const answer = left(
      message(bytes(1, message(fixed, bytes(1, hidden), varint(14, 9), varint(15, 60), ...resets))),
    );
    assert.deepEqual(
      answer.windows.map((w) => w.name),
      ['weekly'],
    );
  });

  it('says that it can not read what is no such message, and throws nothing', () => {
    assert.equal(parseDevinPlanStatus(new TextEncoder().encode('<html>Sign in</html>')).answered, false);
    assert.equal(parseDevinPlanStatus(new Uint8Array()).answered, false);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (body) => void parseDevinPlanStatus(body)));
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        (body) => void parseDevinPlanStatus(message(bytes(1, body))),
      ),
    );
  });
});
