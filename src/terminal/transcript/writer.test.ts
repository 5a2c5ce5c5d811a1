import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PlainLines } from '../screen/plain-lines.ts';
import { noRedaction, numbered } from '../testing/scratch.ts';
import type { Redaction } from './redaction.ts';
import { TranscriptWriter } from './writer.ts';

const lines = (texts: string[]) => texts.map((text) => ({ text, rows: 1 }));
const resumed = { exact: true, fullScreen: false };

function withFolder(test: (path: string, read: () => string[]) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'ap-writer-'));
  try {
    const path = join(folder, 'transcript.log');
    test(path, () => readFileSync(path, 'utf8').split('\n').slice(0, -1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Holds back every line that ends in '-' until the next one, and hides a word that such a line break cuts. */
const joining: Redaction = {
  lines: () => {
    let held: string[] = [];
    return {
      push: (more) => {
        held.push(...more);
        const ready = held.findLastIndex((line) => !line.endsWith('-')) + 1;
        const out = redacted(held.slice(0, ready));
        held = held.slice(ready);
        return out;
      },
      flush: () => redacted(held),
    };
  },
  text: (text) => redacted(text.split('\n')).join('\n'),
};
/** The same, also for lines that come as one text. */
const joiningPlain: Redaction = {
  ...joining,
  lines: () => {
    const each = joining.lines();
    return {
      ...each,
      pushPlain: ({ text }) => {
        const ready = each.push(text.split('\n'));
        return { text: ready.join('\n'), count: ready.length };
      },
    };
  },
};
const redacted = (texts: string[]) =>
  texts.map((text, index) => (texts[index - 1]?.endsWith('-') || text.endsWith('-') ? '***' : text));

describe('a transcript writer', () => {
  it('replaces its tail and keeps what has settled', () =>
    withFolder((path, read) => {
      const writer = new TranscriptWriter(path, noRedaction);
      writer.resume([], resumed);
      writer.tail(lines(['a', 'b', 'long line']));
      writer.flush();
      writer.scrolled(lines(['a']));
      writer.tail(lines(['B']));
      writer.flush();
      assert.deepEqual(read(), ['a', 'B']);
      writer.close();
    }));

  it('leaves the end of an earlier watch when it never sees the screen', () =>
    withFolder((path, read) => {
      const writer = new TranscriptWriter(path, noRedaction);
      writer.resume([], resumed);
      writer.tail(lines(['a', 'b']));
      writer.close();
      const later = new TranscriptWriter(path, noRedaction);
      later.flush();
      later.close();
      assert.deepEqual(read(), ['a', 'b']);
    }));

  it('keeps in memory what the disk does not take, never fails for that, and writes it later, also when closed', () =>
    withFolder((path, read) => {
      const place = join(path, '..', 'later');
      const faults: unknown[] = [];
      const writer = new TranscriptWriter(join(place, 'transcript.log'), {
        ...noRedaction,
        onFault: (error) => faults.push(error),
      });
      writer.resume([], resumed);
      writer.scrolled(lines(['a', 'b']));
      writer.flush();
      writer.scrolled(lines(numbered(1, 50_000)));
      writer.tail(lines(['the end']));
      assert.ok(faults[0] instanceof Error);
      mkdirSync(place);
      writer.close();
      renameSync(join(place, 'transcript.log'), path);
      assert.deepEqual(read(), ['a', 'b', ...numbered(1, 50_000), 'the end']);
      assert.deepEqual([faults.length, faults[1]], [2, null]);
    }));

  it('writes nothing once another process writes the transcript', () =>
    withFolder((path, read) => {
      let mayWrite = true;
      const old = new TranscriptWriter(path, { ...noRedaction, mayWrite: () => mayWrite });
      old.resume([], resumed);
      old.scrolled(lines(['a']));
      old.tail(lines(['b']));
      old.flush();
      mayWrite = false;
      const next = new TranscriptWriter(path, noRedaction);
      next.resume(lines(['a', 'b']), resumed);
      next.scrolled(lines(['c']));
      next.flush();
      old.scrolled(lines(['b']));
      old.tail(lines(['gone']));
      old.close();
      assert.deepEqual(read(), ['a', 'b', 'c']);
      next.close();
    }));

  it('takes more lines at once than a call can have arguments', () =>
    withFolder((path, read) => {
      const writer = new TranscriptWriter(path, noRedaction);
      writer.resume([], resumed);
      writer.scrolled(lines(numbered(1, 200_000)));
      writer.close();
      assert.equal(read().length, 200_000);
    }));

  it('continues after a kill between writing the lines and the state', () =>
    withFolder((path, read) => {
      const writer = new TranscriptWriter(path, noRedaction);
      writer.resume([], resumed);
      writer.scrolled(lines(numbered(1, 100)));
      writer.flush();
      copyFileSync(`${path}.state`, `${path}.old`);
      writer.scrolled(lines(numbered(101, 150)));
      writer.close();
      copyFileSync(`${path}.old`, `${path}.state`);
      const next = new TranscriptWriter(path, noRedaction);
      next.resume(lines(numbered(1, 200)), resumed);
      next.close();
      assert.deepEqual(read(), numbered(1, 200));
    }));

  it('finds its place by the lines when tmux has discarded the first ones, and reports a gap when it cannot', () =>
    withFolder((path, read) => {
      const writer = new TranscriptWriter(path, noRedaction);
      writer.resume(lines(numbered(1, 100)), resumed);
      writer.close();
      const next = new TranscriptWriter(path, noRedaction);
      next.resume(lines(numbered(60, 200)), { ...resumed, exact: false });
      next.close();
      assert.deepEqual(read(), numbered(1, 200));
      const late = new TranscriptWriter(path, noRedaction);
      late.resume(lines(numbered(500, 510)), { ...resumed, exact: false });
      late.close();
      assert.match(read()[200] ?? '', /lines may be missing/);
      assert.deepEqual(read().slice(201), numbered(500, 510));
    }));

  it('keeps all of an earlier run, whose pane is gone, and begins a new one after it', () =>
    withFolder((path, read) => {
      const writer = new TranscriptWriter(path, noRedaction);
      writer.resume(lines(['a', 'b']), resumed);
      writer.tail(lines(['the last screen']));
      writer.close();
      const next = new TranscriptWriter(path, noRedaction, 2);
      next.resume(lines(['a']), resumed);
      next.tail(lines(['the screen of run 2']));
      next.close();
      const again = new TranscriptWriter(path, noRedaction, 2);
      again.resume(lines(['a', 'c']), resumed);
      again.close();
      assert.deepEqual(read(), ['a', 'b', 'the last screen', 'a', 'c']);
    }));

  it('never writes what its redactor holds back, neither in the settled part nor in the tail', () =>
    withFolder((path, read) => {
      const writer = new TranscriptWriter(path, joining);
      writer.resume([], resumed);
      writer.scrolled(lines(['open', 'sec-']));
      writer.tail(lines(['ret', 'open']));
      writer.flush();
      assert.deepEqual(read(), ['open', '***', '***', 'open']);
      writer.close();
      const next = new TranscriptWriter(path, joining);
      next.resume(lines(['open', 'sec-', 'ret']), resumed);
      next.tail(lines(['open', 'more']));
      next.close();
      assert.deepEqual(read(), ['open', '***', '***', 'open', 'more']);
    }));

  it('writes the same, and continues at the same place, where plain lines come as one text', () => {
    const line = fc.constantFrom('', 'a', 'b', 'open-', 'exactly ten', 'more than ten letters');
    const printed = fc.record({
      what: fc.constantFrom('plain', 'plain', 'plain', 'lines', 'erased', 'history', 'tail', 'flush'),
      texts: fc.array(line, { minLength: 1, maxLength: 6 }),
    });
    const written = (all: readonly { what: string; texts: string[] }[], isText: boolean): string[] => {
      const files: string[] = [];
      withFolder((path) => {
        const writer = new TranscriptWriter(path, isText ? joiningPlain : joining);
        writer.resume([], resumed);
        const look = () => files.push(readFileSync(path, 'utf8'), readFileSync(`${path}.state`, 'utf8'));
        for (const { what, texts } of all) {
          const rows = texts.map((text) => Math.max(1, Math.ceil(text.length / 10)));
          const size = { count: texts.length, rows: rows.reduce((sum, each) => sum + each, 0), cols: 10 };
          const plain = new PlainLines(texts.join('\n'), size);
          if (what === 'plain' && isText) writer.scrolledPlain(plain);
          else if (what === 'plain' || what === 'lines') writer.scrolled(plain.lines());
          else if (what === 'erased') writer.erased(plain.lines());
          else if (what === 'history') writer.historyErased();
          else if (what === 'tail') writer.tail(plain.lines());
          else {
            writer.flush();
            look();
          }
        }
        writer.close();
        look();
      });
      return files;
    };
    fc.assert(
      fc.property(fc.array(printed, { maxLength: 20 }), (all) =>
        assert.deepEqual(written(all, true), written(all, false)),
      ),
    );
  });
});
