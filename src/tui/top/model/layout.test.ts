import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { workerStates } from '../../../events/catalogue/words.ts';
import { aDetail, ago, aSnapshot, aState, aSubscription, aWorker, inMinutes } from '../testing/states.ts';
import { hostileText } from '../testing/texts.ts';
import { textOf, widthOfLine } from '../text/line.ts';
import { confirmWidget } from '../widgets/confirm.ts';
import { editorWidget } from '../widgets/editor.ts';
import { listWidget, ticksWidget } from '../widgets/list.ts';
import { pagesWidget } from '../widgets/pages.ts';
import { linesOf, SMALLEST } from './frame.ts';
import { frameOf, targetAt } from './layout.ts';
import { type State, tabs } from './state.ts';

const anId = fc.integer({ min: 0, max: 99 });

const aHostileWorker = fc
  .record({ state: fc.constantFrom(...workerStates), task: hostileText, model: hostileText, place: anId })
  .map(({ state, task, model, place }) =>
    aWorker(
      state,
      { task, model, worktree_branch: model },
      { place, tokens: place * 4321, trouble: place % 7 === 0 ? task : null, since: ago(place * place) },
    ),
  );

const aLimit = fc
  .tuple(fc.constantFrom('5h' as const, 'weekly' as const, 'monthly' as const), fc.nat(120), fc.nat(9000))
  .map(([kind, used, resets]): [typeof kind, number, number] => [kind, used, resets]);
const aHostileSubscription = fc
  .record({ name: hostileText, plan: hostileText, limits: fc.array(aLimit, { maxLength: 3 }) })
  .map(({ name, plan, limits }) => aSubscription('codex-cli', name, limits, { plan }));

const aDialog = fc.oneof(
  fc.constant(null),
  fc
    .record({ title: hostileText, intro: fc.array(hostileText), labels: fc.array(hostileText) })
    .map(({ title, intro, labels }) =>
      listWidget({ title, intro, items: labels.map((label) => ({ value: 0, label, note: title })) }),
    ),
  fc
    .record({ title: hostileText, labels: fc.array(hostileText) })
    .map(({ title, labels }) => ticksWidget({ title, items: labels.map((label) => ({ value: 0, label })) })),
  fc
    .record({ title: hostileText, text: hostileText })
    .map(({ title, text }) => editorWidget({ title, text, intro: [title], done: 'sends it' })),
  hostileText.map((question) =>
    confirmWidget({ title: question, question, yes: { key: 'x', label: 'end it' } }),
  ),
  hostileText.map((title) => pagesWidget({ title, lines: () => [] })),
);

/** Any state in a terminal of any size. */
const anyState: fc.Arbitrary<State> = fc
  .record({
    cols: fc.integer({ min: 1, max: 260 }),
    rows: fc.integer({ min: 1, max: 110 }),
    workers: fc.array(aHostileWorker, { maxLength: 40 }),
    subscriptions: fc.array(aHostileSubscription, { maxLength: 8 }),
    screen: fc.array(hostileText, { maxLength: 60 }),
    asked: fc.array(hostileText, { maxLength: 20 }),
    filter: fc.oneof(fc.constant(''), hostileText),
    tab: fc.constantFrom(...tabs),
    scroll: fc.nat(80),
    wraps: fc.boolean(),
    dialog: aDialog,
    notice: fc.oneof(
      fc.constant(null),
      hostileText.map((text) => ({ kind: 'done' as const, text })),
    ),
    trouble: fc.oneof(
      fc.constant(null),
      hostileText.map((message) => ({ message, example: message })),
    ),
  })
  .map(({ cols, rows, workers, subscriptions, screen, asked, trouble, dialog, ...more }) => {
    const recent = workers.map(({ session: { id, state, task } }) => ({
      at: ago(1),
      session: id,
      state,
      task,
    }));
    const state = aState(aSnapshot({ workers, subscriptions, recent, trouble }), cols, rows, more);
    const words = {
      asks: {
        lines: asked,
        choices: [{ number: 1, label: 'Yes', checked: null }],
        form: null,
        isAboutMoney: false,
      },
      result: null,
    };
    const picture = { cols: 80, rows: screen.map((text) => ({ text, runs: [] })), cursor: null };
    const detail = aDetail(state.selected ?? '', { screen: { kind: 'loaded', value: picture }, words });
    return { ...state, detail, dialog };
  });

describe('the frame', () => {
  it('fills a terminal of any size exactly, whatever tasks, screens and dialogs hold', () =>
    fc.assert(
      fc.property(anyState, (state) => {
        const frame = frameOf(state);
        const lines = linesOf(frame);
        assert.equal(lines.length, state.rows);
        for (const each of lines) {
          assert.equal(widthOfLine(each), state.cols, textOf(each));
          assert.doesNotMatch(textOf(each), /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
        }
        const { cursor } = frame;
        if (cursor) assert.ok(cursor.row < state.rows && cursor.column < state.cols);
      }),
      { numRuns: 300 },
    ));

  it('has its places for clicks inside the terminal', () =>
    fc.assert(
      fc.property(anyState, (state) => {
        for (const { row, from, to } of frameOf(state).hits)
          assert.ok(row >= 0 && row < state.rows && from >= 0 && to <= state.cols, `${row} ${from} ${to}`);
      }),
    ));

  it('always shows the selected worker', () =>
    fc.assert(
      fc.property(anyState, fc.nat(40), (given, at) => {
        // A name may be any text, also the mark that is counted below.
        fc.pre(!JSON.stringify(given).includes('▸'));
        const worker = given.snapshot?.workers[at];
        const { cols, rows } = given;
        if (!worker || cols < SMALLEST.cols || rows < SMALLEST.rows) return;
        const state = { ...given, selected: worker.session.id, filter: '', dialog: null };
        const shown = linesOf(frameOf(state)).filter((each) => textOf(each).includes('▸'));
        assert.equal(shown.length, 1);
      }),
    ));

  it('says so when the terminal is too small, and what would be enough', () => {
    const words = linesOf(frameOf(aState(aSnapshot(), 40, 10)))
      .map(textOf)
      .join('\n');
    assert.match(words, /40×10 is too small/);
    assert.match(words, /at least 60×16/);
    assert.match(words, /q quits/);
  });

  it('shows a notice whole that is longer than a row', () => {
    const text = `${'It cannot be done now, for a reason that takes many words. '.repeat(2)} try: agentpool doctor`;
    for (const [cols, rows] of [
      [60, 16],
      [120, 30],
    ] as const) {
      const frame = frameOf(aState(aSnapshot(), cols, rows, { notice: { kind: 'failed', text } }));
      const lines = linesOf(frame).map(textOf);
      assert.equal(lines.length, rows);
      assert.match(lines.join(' ').replace(/\s+/g, ' '), /many words\. try: agentpool doctor $/);
    }
  });

  it('names the key that quits while a dialog takes the others', () => {
    const dialog = confirmWidget({
      title: 'End it',
      question: 'End it?',
      yes: { key: 'x', label: 'end it' },
    });
    const words = linesOf(frameOf(aState(aSnapshot(), 40, 10, { dialog }))).map(textOf);
    assert.match(words.join('\n'), /Ctrl-C quits/);
  });
});

describe('a frame of 80 columns', () => {
  const workers = [
    aWorker('AWAITING_APPROVAL', { provider_id: 'claude-code', task: 'Rename the billing tables' }),
    aWorker('RUNNING', { task: 'Fix the flaky parser test' }, { since: ago(6) }),
    aWorker('QUEUED', { task: 'Translate the help texts' }, { place: 3 }),
  ];
  const subscriptions = [
    aSubscription(
      'codex-cli',
      'Codex',
      [
        ['5h', 41, 158],
        ['weekly', 96, 2600],
      ],
      { plan: 'Plus' },
    ),
    aSubscription('gemini-cli', 'Gemini', [], { status: 'unauthenticated' }),
  ];
  const state = aState(aSnapshot({ workers, subscriptions }));
  const lines = linesOf(frameOf(state)).map(textOf);
  const text = lines.join('\n');

  it('says first who needs a person', () =>
    assert.match(lines[0] ?? '', /1 needs you · 1 running · 1 queued/));

  it('says of a limit how much is used, where time is, and whether it lasts', () => {
    assert.match(text, /Codex +5 h █+░*│░+ +41 % +lasts +resets 16:40/);
    assert.match(text, /week █+░*│█*░* +96 % +gone/);
  });

  it('says who is not signed in, and what to type', () =>
    assert.match(text, /Gemini +not signed in +agentpool setup gemini-cli/));

  it('says the state of a worker by a glyph and a word, and how long it lasts or what it waits for', () => {
    assert.match(text, /▸! claude +Rename the billing tables +approval +5 min/);
    assert.match(text, / ● codex +Fix the flaky parser test +running +6 min/);
    assert.match(text, / … codex +Translate the help texts +queued +3rd/);
  });

  it('says what is wrong in the place of the counts', () => {
    const of = (more: Parameters<typeof aSnapshot>[0]) =>
      textOf(linesOf(frameOf(aState(aSnapshot({ workers, ...more }))))[0] ?? []);
    assert.match(of({ watcher: 'stopped' }), /no watcher runs: .*W starts one/);
    assert.match(
      of({ trouble: { message: 'The ledger is gone', example: 'agentpool doctor' } }),
      /ledger is gone: agentpool doctor/,
    );
  });

  it('selects a worker or a tab by a click', () => {
    const frame = frameOf(state);
    const row = lines.findIndex((each) => each.includes('Fix the flaky parser test'));
    assert.deepEqual(targetAt(frame, row, 20), { kind: 'worker', id: workers[1]?.session.id });
    const tabRow = lines.findIndex((each) => each.includes('1 screen'));
    const column = (lines[tabRow] ?? '').indexOf('timeline');
    assert.deepEqual(targetAt(frame, tabRow, column), { kind: 'tab', tab: 'timeline' });
  });

  it('leaves out limits before it leaves out a subscription', () => {
    const many = Array.from({ length: 5 }, (_, index) =>
      aSubscription(`codex-cli@${index}`, `Agent ${index}`, [
        ['5h', 10, 60],
        ['weekly', 20, 600],
      ]),
    );
    const shown = linesOf(frameOf(aState(aSnapshot({ subscriptions: many }))))
      .map(textOf)
      .join('\n');
    for (const { name } of many) assert.ok(shown.includes(name), name);
  });
});

describe('a frame of 140 columns', () => {
  const id = 'ap_7f3k2m9q';
  const workers = [aWorker('AWAITING_APPROVAL', { id, task: 'Rename the billing tables' })];
  const asks = {
    lines: ['Do you want to proceed?'],
    choices: [{ number: 1, label: 'Yes', checked: null }],
    form: { multi_select: false, text_field: null, review: false },
    isAboutMoney: false,
  };
  const detail = aDetail(id, { words: { asks, result: null } });
  const text = linesOf(frameOf(aState(aSnapshot({ workers }), 140, 40, { detail })))
    .map(textOf)
    .join('\n');

  it('has the screen, the question with its choices and the facts beside the list', () => {
    assert.match(text, /┌ SUBSCRIPTIONS .*┐┌ Rename the billing tables .*1 screen .*┐/);
    assert.match(text, /├ ASKS ─+┤/);
    assert.match(text, /1 +Yes/);
    assert.match(text, /a answers it/);
    assert.match(text, /├ FACTS ─+┤/);
    assert.match(text, /worker +ap_7f3k2m9q +codex/);
    assert.match(text, /branch +agentpool\/codex-cli\/worker/);
  });

  it('says when a parked worker goes on', () => {
    const until = inMinutes(28);
    const parked = { until, window: '5h', known_from: 'its screen' } as never;
    const state = aState(aSnapshot({ workers: [aWorker('PARKED', {}, { parked })] }), 140, 40);
    assert.match(linesOf(frameOf(state)).map(textOf).join('\n'), /‖ codex .* parked +→ 14:30/);
  });
});
