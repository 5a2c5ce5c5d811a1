import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { WorkerState } from '../../../events/catalogue/words.ts';
import type { Classification } from '../../../terminal/detection/classify.ts';
import { classified } from '../../testing/classified.ts';
import type { WorkerScreen } from '../seen.ts';
import { Perception } from './perception.ts';

const snapshot = (
  classification: Classification,
  content = classification.evidence.join(),
): WorkerScreen => ({
  classification,
  line: null,
  result: null,
  content,
});

const timeouts = { idleMs: 1000, unknownMs: 30_000 };
const retrying = classified('limit', {
  warnings: [{ kind: 'retrying', text: '429, retrying in 2s', rule: 'retrying' }],
});

const seenNothing = { observation: null, limit: null, limitOver: false, retry: null };

describe('the perception of a worker', () => {
  it('that retries after a limit: it keeps working, and the limit is reported once', () => {
    const perception = new Perception(0, timeouts);
    const first = perception.perceive('RUNNING', snapshot(retrying), 100);
    assert.equal(first.limit, retrying);
    for (const now of [2000, 20_000, 200_000]) {
      const seen = perception.perceive('RUNNING', snapshot(retrying, `retrying ${now}`), now);
      assert.deepEqual([seen.observation, seen.limit], [null, null]);
    }
  });

  it('whose client retries: each attempt is reported once, and their end once it has worked for a while', () => {
    const perception = new Perception(0, timeouts);
    const trying = (text: string) =>
      classified('working', { warnings: [{ kind: 'retrying', text, rule: 'retrying' }] });
    const retryReported = (classification: Classification, now: number) => {
      const { retry } = perception.perceive('RUNNING', snapshot(classification, `${now}`), now);
      return retry === null || retry === 'over' ? retry : retry.text;
    };
    assert.equal(
      retryReported(trying('✻ 529 · retrying in 3s · attempt 1/10'), 0),
      '✻ 529 · retrying in 3s · attempt 1/10',
    );
    assert.equal(retryReported(trying('✽ 529 · retrying in 2s · attempt 1/10'), 1000), null);
    assert.equal(retryReported(classified('working'), 3000), null);
    assert.equal(
      retryReported(trying('✻ 529 · retrying in 6s · attempt 2/10'), 3500),
      '✻ 529 · retrying in 6s · attempt 2/10',
    );
    assert.equal(perception.perceive('RUNNING', snapshot(classified('working')), 4000).recheckInMs, 4500);
    assert.equal(retryReported(classified('working'), 8500), 'over');
    assert.equal(retryReported(classified('working'), 9000), null);
  });

  it('whose client has given up on a limit: idle, with the reason', () => {
    const perception = new Perception(0, timeouts);
    perception.perceive('RUNNING', snapshot(retrying), 100);
    const bounced = snapshot(classified('limit'), 'it has given up');
    assert.equal(perception.perceive('RUNNING', bounced, 200).recheckInMs, 1000);
    const { observation } = perception.perceive('RUNNING', bounced, 1200);
    assert.deepEqual([observation?.event, observation?.readiness], ['idle', 'limit_reached']);
  });

  it('that prints its result and runs its hooks: it is done, even if they take long', () => {
    const perception = new Perception(0, timeouts);
    perception.perceive('RUNNING', working, 0);
    assert.equal(perception.perceive('RUNNING', finished('a', 1), 100).observation?.event, 'completed');
    assert.equal(perception.perceive('COMPLETED', working, 200).observation, null);
    assert.equal(perception.perceive('COMPLETED', working, 1200).observation?.event, 'screen_changed');
    const idle = snapshot(classified('idle'));
    perception.perceive('RUNNING', idle, 1300);
    assert.equal(perception.perceive('RUNNING', idle, 2300).observation?.event, 'completed');
    perception.sent(3000);
    perception.perceive('RUNNING', working, 3100);
    perception.perceive('RUNNING', idle, 3200);
    assert.equal(perception.perceive('RUNNING', idle, 4200).observation?.event, 'idle');
  });

  it('that was sent a message: the error of the previous turn is not reported again', () => {
    const perception = new Perception(0, timeouts);
    const failed = snapshot(classified('error'));
    perception.perceive('RUNNING', failed, 0);
    assert.equal(perception.perceive('RUNNING', failed, 1000).observation?.event, 'error');
    perception.sent(60_000);
    const stale = perception.perceive('RUNNING', failed, 60_010);
    assert.equal(stale.observation, null);
    assert.ok((stale.recheckInMs ?? 0) > 1000, 'it gets time to react');
    const drafted = snapshot(classified('error'), 'the same banner, and a new text in the box');
    assert.equal(perception.perceive('RUNNING', drafted, 60_050).observation, null);
    assert.equal(perception.perceive('RUNNING', snapshot(classified('working')), 60_100).observation, null);
  });

  it('that redraws its answered dialog: it does not ask again', () => {
    const perception = new Perception(0, timeouts);
    const dialog = snapshot(classified('approval', { question: 'Proceed?' }));
    const half = snapshot(classified('unknown'), 'half drawn');
    assert.equal(perception.perceive('RUNNING', dialog, 0).observation?.event, 'approval_prompt');
    perception.sent(1000);
    assert.equal(perception.perceive('AWAITING_APPROVAL', half, 1010).observation, null);
    assert.equal(perception.perceive('AWAITING_APPROVAL', dialog, 1030).observation, null);
    perception.perceive('AWAITING_APPROVAL', half, 1040);
    const again = perception.perceive('AWAITING_APPROVAL', dialog, 3000);
    assert.equal(again.observation?.event, 'approval_prompt', 'it was gone for long: a new one');
  });

  it('whose title blinks while its dialog waits: it does not ask again, also after a change of the watcher', () => {
    const asking = (sign: string) => {
      const evidence = [`[ ${sign} ] Action Required | repo`];
      return snapshot(
        classified('approval', { rule: 'title-approval', evidence, question: 'Run it?' }),
        sign,
      );
    };
    const first = new Perception(0, timeouts);
    assert.equal(first.perceive('RUNNING', asking('.'), 0).observation?.event, 'approval_prompt');
    assert.equal(first.perceive('AWAITING_APPROVAL', asking('!'), 1000).observation, null);
    assert.equal(first.perceive('AWAITING_APPROVAL', asking('.'), 2000).observation, null);
    const { rule, evidence } = asking('.').classification;
    const dialog = { rule: rule ?? '', evidence, question: 'Run it?', answered: false };
    const next = new Perception(0, timeouts);
    next.resume({ result: null, finished: false, dialog, limit: null, retrying: null, frozen: false });
    assert.equal(next.perceive('AWAITING_APPROVAL', asking('!'), 0).observation, null);
  });

  it('that removes its answered dialog row by row: the rest of it is no new question', () => {
    const perception = new Perception(0, timeouts);
    const dialog = snapshot(classified('question', { question: 'Which one?' }));
    const left = snapshot(classified('question', { question: '⎿ Which one?' }), 'half gone');
    const other = snapshot(classified('question', { question: 'And then?' }), 'another one');
    assert.equal(perception.perceive('RUNNING', dialog, 0).observation?.event, 'question');
    perception.sent(1000);
    assert.equal(perception.perceive('AWAITING_USER_INPUT', left, 1100).observation, null);
    perception.perceive('AWAITING_USER_INPUT', snapshot(classified('working')), 1140);
    const next = perception.perceive('RUNNING', other, 1500);
    assert.deepEqual([next.observation, next.recheckInMs], [null, 250]);
    assert.equal(perception.perceive('RUNNING', other, 1750).observation?.event, 'question');
  });

  it('that asks again soon after an answer: at once, if no dialog was shown for a while', () => {
    const perception = new Perception(0, timeouts);
    const dialog = snapshot(classified('question', { question: 'Which one?' }));
    const other = snapshot(classified('question', { question: 'And then?' }), 'another one');
    perception.perceive('RUNNING', dialog, 0);
    perception.sent(1000);
    perception.perceive('AWAITING_USER_INPUT', snapshot(classified('working')), 1040);
    assert.equal(perception.perceive('RUNNING', other, 1540).observation?.event, 'question');
    perception.sent(2000);
    perception.perceive('AWAITING_USER_INPUT', snapshot(classified('working')), 2040);
    assert.deepEqual(perception.perceive('RUNNING', dialog, 2539), { ...seenNothing, recheckInMs: 250 });
  });

  it('whose dialog was denied: its turn has ended', () => {
    const perception = new Perception(0, timeouts);
    perception.perceive('AWAITING_APPROVAL', snapshot(classified('idle')), 0);
    const { observation } = perception.perceive('AWAITING_APPROVAL', snapshot(classified('idle')), 1000);
    assert.deepEqual([observation?.event, observation?.readiness], ['idle', 'turn_ended']);
  });

  const question = (line: number | null, text = 'Which first?'): WorkerScreen => ({
    ...snapshot(classified('question', { question: text, evidence: [text] })),
    line,
  });
  const working = snapshot(classified('working'));
  const finished = (name: string, count: number): WorkerScreen => ({
    ...snapshot(classified('idle')),
    result: { name, count },
  });
  /** The events of successive screens, one second apart. */
  const eventsOf = (perception: Perception, state: WorkerState, ...snapshots: WorkerScreen[]) =>
    snapshots.map(
      (seen, second) => perception.perceive(state, seen, second * 1000).observation?.event ?? null,
    );

  it('that asks: the question is reported at once, and not again while it is shown', () => {
    const perception = new Perception(0, timeouts);
    assert.deepEqual(eventsOf(perception, 'RUNNING', question(3), question(3)), ['question', null]);
  });

  it('that asks something else, or the same further down: it is another question', () => {
    const perception = new Perception(0, timeouts);
    const seen = eventsOf(perception, 'RUNNING', question(3), question(4), question(4, 'Which last?'));
    assert.deepEqual(seen, ['question', 'question', 'question']);
  });

  it('that was answered: its question is not reported while it is still shown, but again when it comes back', () => {
    const perception = new Perception(0, timeouts);
    eventsOf(perception, 'RUNNING', question(3));
    perception.sent(1);
    assert.deepEqual(eventsOf(perception, 'RUNNING', question(3), question(3)), [null, null]);
    assert.equal(perception.perceive('RUNNING', working, 2000).observation, null);
    assert.equal(perception.perceive('RUNNING', question(3), 3000).observation?.event, 'question');
  });

  it('that is quiet: idle only after a while, and not when it flickers', () => {
    const perception = new Perception(0, timeouts);
    const idle = snapshot(classified('idle'));
    assert.equal(perception.perceive('RUNNING', idle, 0).recheckInMs, 1000);
    assert.equal(perception.perceive('RUNNING', idle, 900).observation, null);
    assert.equal(perception.perceive('RUNNING', working, 950).observation, null);
    assert.equal(perception.perceive('RUNNING', idle, 980).recheckInMs, 1000);
    assert.equal(perception.perceive('RUNNING', idle, 1979).observation, null);
    assert.equal(perception.perceive('RUNNING', idle, 1980).observation?.event, 'idle');
  });

  it('that no rule matches: it is unknown once nothing has changed for a long time', () => {
    const perception = new Perception(0, timeouts);
    const unknown = snapshot(classified('unknown'));
    assert.equal(perception.perceive('READY', unknown, 0).recheckInMs, 30_000);
    assert.equal(perception.perceive('READY', unknown, 30_000).observation?.event, 'none');
    const other = snapshot(classified('unknown'), 'another one');
    assert.equal(perception.perceive('RUNNING', other, 60_000).recheckInMs, 30_000);
    const { observation } = perception.perceive('RUNNING', other, 90_000);
    assert.deepEqual([observation?.event, observation?.rule], ['none', 'quiet']);
    assert.match(observation?.warnings?.[0] ?? '', /no rule knows its screen.* for 30 s/);
  });

  describe('a program without rules', () => {
    const shown = (answer: string, prompt = ''): WorkerScreen => ({
      ...snapshot(classified('unknown', { evidence: [] }), answer),
      answer,
      prompt,
      atRest: 'idle',
    });

    it('is idle once it is quiet, which is not certain, and works again when it goes on printing', () => {
      const perception = new Perception(0, timeouts);
      perception.perceive('RUNNING', shown('compiles'), 0);
      assert.equal(perception.perceive('RUNNING', shown('compiles'), 29_000).recheckInMs, 1000);
      const { observation } = perception.perceive('RUNNING', shown('compiles'), 30_000);
      assert.deepEqual(
        [observation?.event, observation?.readiness, observation?.confidence],
        ['idle', 'quiet', 'unproven'],
      );
      assert.equal(perception.perceive('IDLE', shown('12:00'), 40_000).observation, null);
      assert.equal(perception.perceive('IDLE', shown('12:00'), 45_000).observation, null);
      const events = [0, 600, 1200, 1800].map(
        (ms) => perception.perceive('IDLE', shown(`line ${ms}`), 50_000 + ms).observation?.event ?? null,
      );
      assert.deepEqual(events, [null, null, null, 'screen_changed']);
    });

    it('is idle soon when it shows the prompt again at which it took the message', () => {
      const perception = new Perception(0, timeouts);
      perception.perceive('IDLE', shown('hi', 'In [1]: '), 0);
      perception.sent(1000, { isDelivering: true });
      perception.perceive('RUNNING', shown('hi', 'In [1]: go'), 1100);
      perception.delivered(1200);
      assert.equal(
        perception.perceive('RUNNING', shown('hi', 'In [1]: '), 4000).observation,
        null,
        'no answer',
      );
      perception.perceive('RUNNING', shown('hi, done', 'In [2]: '), 5000);
      const { observation } = perception.perceive('RUNNING', shown('hi, done', 'In [2]: '), 7000);
      assert.deepEqual([observation?.event, observation?.readiness], ['idle', 'turn_ended']);
    });
  });

  it('that was sent a message: idle only once the agent took it up', () => {
    const perception = new Perception(0, timeouts);
    const idle = (content: string, answer: string): WorkerScreen => ({
      ...snapshot(classified('idle'), content),
      answer,
    });
    perception.perceive('IDLE', idle('box', ''), 0);
    perception.sent(100, { isDelivering: true });
    perception.perceive('RUNNING', idle('box with [Pasted Text: 12 lines]', ''), 200);
    const placeholder = perception.perceive('RUNNING', idle('box with [Pasted Text: 12 lines]', ''), 3000);
    assert.equal(placeholder.observation, null, 'the placeholder is no sign of rest');
    perception.delivered(3100);
    perception.perceive('RUNNING', idle('echo and box', ''), 3200);
    assert.equal(perception.perceive('RUNNING', idle('echo and box', ''), 5000).observation, null);
    perception.perceive('RUNNING', idle('answer and box', 'answer'), 5100);
    assert.equal(
      perception.perceive('RUNNING', idle('answer and box', 'answer'), 6100).observation?.event,
      'idle',
    );
  });

  it('that was sent a message which it answers with nothing: idle after some seconds', () => {
    const perception = new Perception(0, timeouts);
    const idle = snapshot(classified('idle'));
    perception.perceive('IDLE', idle, 0);
    perception.sent(100, { isDelivering: true });
    perception.delivered(1000);
    assert.equal(perception.perceive('RUNNING', idle, 5900).observation, null);
    assert.equal(perception.perceive('RUNNING', idle, 6000).observation?.event, 'idle');
  });

  it('that got its task with its start: the prompt before it begins is no end of its turn', () => {
    const perception = new Perception(0, timeouts);
    perception.startedWithTask(0);
    const prompt = (content: string) => snapshot(classified('idle'), content);
    perception.perceive('RUNNING', snapshot(classified('unknown'), 'logo'), 1000);
    perception.perceive('RUNNING', prompt('logo and prompt'), 3000);
    assert.equal(perception.perceive('RUNNING', prompt('logo and prompt'), 5000).observation, null);
    assert.equal(perception.perceive('RUNNING', snapshot(classified('working')), 6000).observation, null);
    perception.perceive('RUNNING', prompt('answer'), 7000);
    assert.equal(perception.perceive('RUNNING', prompt('answer'), 8000).observation?.event, 'idle');
  });

  it('that has a result: completed once, and once more for another or for the same words printed again', () => {
    const perception = new Perception(0, timeouts);
    const seen = eventsOf(
      perception,
      'COMPLETED',
      finished('a', 1),
      finished('a', 1),
      finished('a', 2),
      finished('b', 2),
    );
    assert.deepEqual(
      seen.map((event) => event === 'completed'),
      [true, false, true, true],
    );
  });

  it('whose agent shows an earlier result again: it is not reported twice, whichever release has named it', () => {
    const nothing = { finished: false, dialog: null, limit: null, retrying: null, frozen: false };
    const shown = {
      ...snapshot(classified('working')),
      result: { name: 'new', formerName: 'old', count: 1 },
    };
    for (const [result, event] of [
      ['new', undefined],
      ['old', undefined],
      ['another', 'completed'],
    ] as const) {
      const perception = new Perception(0, timeouts);
      perception.resume({ ...nothing, result });
      assert.equal(perception.perceive('RUNNING', shown, 10).observation?.event, event);
    }
  });

  it('that was started by an older release: its result is unproven', () => {
    const perception = new Perception(0, timeouts);
    const old = { ...snapshot(classified('idle')), result: { name: 'a', count: 1, isProven: false } };
    const { observation } = perception.perceive('COMPLETED', old, 1000);
    assert.deepEqual([observation?.event, observation?.confidence], ['completed', 'unproven']);
  });

  it('whose earlier results scroll away: the last one does not complete the next turn', () => {
    const perception = new Perception(0, timeouts);
    eventsOf(perception, 'RUNNING', finished('a', 2));
    perception.sent(1);
    const { observation } = perception.perceive('RUNNING', finished('a', 1), 10);
    assert.equal(observation, null);
  });

  it('that another process has watched before: what that one has reported is not reported again', () => {
    const pastDialog = {
      rule: 'question-rule',
      evidence: ['Which first?'],
      question: 'Which first?',
      answered: false,
    };
    const past = {
      result: 'a',
      dialog: pastDialog,
      finished: false,
      limit: ['limit'],
      retrying: null,
      frozen: false,
    };
    const perception = new Perception(0, timeouts);
    perception.resume(past);
    assert.deepEqual(eventsOf(perception, 'AWAITING_USER_INPUT', question(3), question(3)), [null, null]);
    const second = new Perception(0, timeouts);
    second.resume(past);
    assert.equal(second.perceive('IDLE', snapshot(classified('limit')), 0).limit, null);
    assert.equal(second.perceive('RUNNING', finished('a', 1), 0).observation, null);
    assert.equal(second.perceive('RUNNING', finished('a', 2), 0).observation?.event, 'completed');
    const third = new Perception(0, timeouts);
    third.resume({ ...past, dialog: { ...pastDialog, answered: true } });
    assert.deepEqual(eventsOf(third, 'RUNNING', question(3), working, question(5)), [null, null, 'question']);
  });
});
