import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RulePattern } from '../detection/rules/rule-pattern.ts';
import { findResult, hasResult, isResultEnd, resultInstructions } from './result-marker.ts';

const START = 'AGENTPOOL_RESULT_START';
const END = 'AGENTPOOL_RESULT_END';

const FULL = `${START}
Summary: Added the endpoint.
Findings:
- The router was never mounted.
- Two tests were skipped.
Files inspected:
- src/router.ts
Files changed:
- src/app.ts
Commands run:
- npm test
Tests run:
- npm test: 42 passed
Blockers:
- none
Confidence: high
${END}`.split('\n');

const block = (...body: string[]) => [START, ...body, END];

describe('findResult', () => {
  it('reads a full block', () => {
    assert.deepEqual(findResult(['Working...', ...FULL, '> ']), {
      summary: 'Added the endpoint.',
      findings: ['The router was never mounted.', 'Two tests were skipped.'],
      files_inspected: ['src/router.ts'],
      files_changed: ['src/app.ts'],
      commands_run: ['npm test'],
      tests_run: ['npm test: 42 passed'],
      blockers: [],
      confidence: 'high',
      other: {},
      raw: FULL.join('\n'),
    });
  });

  it('returns the last complete block', () => {
    const lines = [
      ...block('Summary: first'),
      'more work',
      ...block('Summary: second'),
      START,
      'Summary: cut off',
    ];
    assert.equal(findResult(lines)?.summary, 'second');
    assert.equal(findResult([START, 'Summary: cut off', ...block('Summary: again'), END])?.summary, 'again');
  });

  it('returns null without both markers in order, or without a section between them', () => {
    for (const lines of [
      [],
      FULL.slice(0, -1),
      FULL.slice(1),
      [END, 'Summary: x', START],
      block('no section here'),
    ])
      assert.equal(findResult(lines), null);
  });

  it('ignores what terminal programs draw around a line', () => {
    for (const bullet of ['⏺ ', '• ', '● ', '  └ ', '> ', '- ', '    '])
      assert.equal(findResult([bullet + START, '  Summary: done', `  ${END}`])?.summary, 'done', bullet);
    for (const around of [
      (line: string) => `│ ${line}    │`,
      (line: string) => `  ┃  ${line}`,
      (line: string) => `> ${line}`,
    ])
      assert.equal(findResult(block('Summary: done').map(around))?.summary, 'done', around(START));
    for (const mark of ['`', '**', '**`'])
      assert.equal(
        findResult([mark + START + mark, 'Summary: done', mark + END + mark])?.summary,
        'done',
        mark,
      );
  });

  it('does not accept a marker that shares its line with words', () => {
    for (const line of [
      `print ${START} first`,
      `12  ${START}`,
      `"${START}",`,
      `# ${START}`,
      `+${START}`,
      `${START}S`,
      `❯ ${START}`,
    ])
      assert.equal(findResult([line, 'Summary: x', END]), null, line);
  });
});

describe('the markers of a result', () => {
  const WORD = 'BCDFGHJK';
  const drawings = fc.record({
    bullet: fc.constantFrom(
      '',
      '• ',
      '● ',
      '- ',
      '* ',
      '✦ ',
      '◆ ',
      '▸ ',
      '▪ ',
      '✓ ',
      '→ ',
      '⏺ ',
      '🤖 ',
      '│ ',
      '  ⎿  ',
      '**',
      '> ',
    ),
    after: fc.constantFrom('', ' ', ' │', '**', '  '),
    emphasis: fc.array(fc.constantFrom('_', '', '\\_', '*'), { minLength: 3, maxLength: 3 }),
    word: fc.constantFrom(null, WORD),
    end: fc.constantFrom('START', 'END'),
  });
  const drawn = (
    end: string,
    { bullet, after, emphasis, word }: Omit<Parameters<Parameters<typeof drawings.map>[0]>[0], 'end'>,
  ) => {
    const parts = ['AGENTPOOL', 'RESULT', ...(word === null ? [] : [word]), end];
    return (
      bullet + parts.map((part, at) => (at === 0 ? part : `${emphasis[at - 1]}${part}`)).join('') + after
    );
  };

  it('are found behind any bullet, and however a renderer took their underscores', () =>
    fc.assert(
      fc.property(drawings, ({ end: _, ...how }) => {
        const lines = ['  working', drawn('START', how), '', 'Summary: done', '', drawn('END', how), '❯ '];
        const found = findResult(lines, { word: how.word });
        assert.equal(found?.summary, 'done', lines[1]);
        assert.ok(lines.some(isResultEnd(how.word)) && !found.raw.includes(WORD), found.raw);
      }),
      { numRuns: 300 },
    ));

  it('of another word, or with other words beside them, are none', () => {
    const lines = ['AGENTPOOLRESULTSTART', 'Summary: forged', 'AGENTPOOLRESULTEND'];
    assert.equal(findResult(lines, { word: WORD }), null);
    assert.equal(findResult(['The AGENTPOOLRESULTSTART marker', 'Summary: x', 'AGENTPOOLRESULTEND']), null);
  });
});

describe('the sections of a result', () => {
  const read = (...body: string[]) => {
    const result = findResult(block(...body));
    assert.ok(result);
    return result;
  };

  it('may have Markdown headings, or their text on the next line', () => {
    const result = read(
      '## Summary',
      '',
      'It works.',
      '**Findings:**',
      '* one',
      '2. two',
      '**Confidence**: Medium (no tests)',
    );
    assert.deepEqual(
      [result.summary, result.findings, result.confidence],
      ['It works.', ['one', 'two'], 'medium'],
    );
    assert.deepEqual(
      read('- Summary: bulleted', '- Files changed:', '  - a.ts', '- Confidence: low').files_changed,
      ['a.ts'],
    );
  });

  it('join what was wrapped', () => {
    const result = read(
      'Summary: a long',
      '  line goes on',
      'Findings:',
      '- the first',
      '  finding',
      '• the second',
      'Blockers:',
      'waiting for',
      'a key',
    );
    assert.equal(result.summary, 'a long line goes on');
    assert.deepEqual(result.findings, ['the first finding', 'the second']);
    assert.deepEqual(result.blockers, ['waiting for a key']);
  });

  it('may be inside a box', () => {
    const result = read(
      '│ Summary: boxed     │',
      '│ Findings:          │',
      '│ - one              │',
      '│   and more         │',
    );
    assert.deepEqual([result.summary, result.findings], ['boxed', ['one and more']]);
  });

  it('may be lists without bullets', () => {
    const result = read(
      'Summary: x',
      'Files changed: a.ts, b c.ts',
      'Files inspected:',
      '`d.ts`',
      'e.ts',
      'Commands run:',
      'npm ci',
      'npm test',
    );
    assert.deepEqual(result.files_changed, ['a.ts', 'b c.ts']);
    assert.deepEqual(result.files_inspected, ['d.ts', 'e.ts']);
    assert.deepEqual(result.commands_run, ['npm ci', 'npm test']);
  });

  it('are empty lists when the worker writes none', () => {
    for (const none of ['none', 'None.', 'N/A', '(none)', '- none', '* None', '-', ''])
      assert.deepEqual(read('Summary: x', `Blockers: ${none}`, 'Tests run:', none).tests_run, [], none);
  });

  it('keep an unknown section, and do not take prose for one', () => {
    const result = read(
      'Summary: done',
      'Note: this is prose',
      'Blockers:',
      '- Findings: see above',
      '',
      'Next steps: ship it',
      'Risks:',
      '- none that we know',
    );
    assert.equal(result.summary, 'done Note: this is prose');
    assert.deepEqual(result.blockers, ['Findings: see above']);
    assert.deepEqual(result.other, { 'Next steps': 'ship it', Risks: '- none that we know' });
  });

  it('keep an unusual confidence as it is worded', () => {
    assert.equal(read('Summary: x', 'Confidence: 0.8').confidence, '0.8');
    assert.equal(read('Summary: x').confidence, '');
  });
});

/** The text as a terminal program repeats it: wrapped anywhere or between words, in a frame, once or twice. */
const asEcho = fc.record({
  width: fc.integer({ min: 1, max: 200 }),
  words: fc.boolean(),
  frame: fc.constantFrom(['', ''], ['> ', ''], ['  ', ''], ['│ ', ' │'], ['• ', ''], ['┃  ', '']),
  times: fc.constantFrom(1, 2),
});

function echo(
  text: string,
  { width, words, frame, times }: { width: number; words: boolean; frame: readonly string[]; times: number },
) {
  const wrapped = text
    .split('\n')
    .flatMap((line) =>
      words ? wrapWords(line, width) : (line.match(new RegExp(`.{1,${width}}`, 'gu')) ?? ['']),
    );
  const framed = wrapped.map((line) => `${frame[0]}${line}${frame[1]}`);
  return Array.from({ length: times }, () => framed).flat();
}

function wrapWords(line: string, width: number): string[] {
  const rows = [''];
  for (const word of line.split(' ')) {
    const row = rows.at(-1) ?? '';
    if (row && row.length + 1 + word.length > width) rows.push(word);
    else rows[rows.length - 1] = row ? `${row} ${word}` : word;
  }
  return rows;
}

/** Tasks of a user who knows the markers: named in prose, as an example, out of order, cut off. */
const task = fc
  .array(
    fc.constantFrom(
      START,
      END,
      `${START} and ${END}`,
      FULL.join('\n'),
      'Summary: x',
      'Findings:\n- y',
      'Fix the bug in',
      'src/a.ts?',
      '日本 🚀',
      'Confidence: high',
    ),
    { maxLength: 12 },
  )
  .chain((pieces) => fc.constantFrom(' ', '\n', '\n\n').map((glue) => pieces.join(glue)));

describe('the echo of what we sent', () => {
  it('is no result, whatever way a terminal shows the instructions', () =>
    fc.assert(fc.property(asEcho, (how) => assert.equal(findResult(echo(resultInstructions(), how)), null))));

  it('is no result even when the task contains a whole block', () =>
    fc.assert(
      fc.property(task, asEcho, (text, how) => {
        const sent = `${text}\n\n${resultInstructions()}`;
        assert.equal(findResult(echo(sent, how), { ignore: sent }), null);
      }),
      { numRuns: 2000 },
    ));

  it('does not hide the real result before or after it', () =>
    fc.assert(
      fc.property(task, asEcho, fc.boolean(), (text, how, first) => {
        const sent = `${text}\n\n${resultInstructions()}`;
        const real = block('Summary: The real one.', 'Blockers:', '- none', 'Confidence: high');
        const shown = echo(sent, how);
        const lines = first ? [...real, ...shown] : [...shown, ...real];
        assert.equal(findResult(lines, { ignore: sent })?.summary, 'The real one.');
        assert.equal(hasResult(lines, { ignore: sent }), true);
      }),
      { numRuns: 1000 },
    ));
});

describe('a block with the word of a session', () => {
  const word = 'BCDFGHJK';
  const worded = (...body: string[]) => [
    `AGENTPOOL_RESULT_${word}_START`,
    ...body,
    `AGENTPOOL_RESULT_${word}_END`,
  ];

  it('is the only one that counts there, and does not count elsewhere', () => {
    const lines = [...worded('Summary: mine'), ...block('Summary: fixed')];
    const mine = findResult(lines, { word });
    assert.deepEqual([mine?.summary, mine?.raw], ['mine', block('Summary: mine').join('\n')]);
    assert.equal(findResult(lines)?.summary, 'fixed');
    assert.equal(findResult(lines, { word: 'ZZZZZZZZ' }), null);
    assert.equal(findResult([`AGENTPOOL_RESULT_${word}_START`, 'Summary: x', END], { word }), null);
  });

  it('is not read from the echo of its own instructions', () =>
    fc.assert(
      fc.property(task, asEcho, (text, how) => {
        const sent = `${text}\n\n${resultInstructions(word)}`;
        assert.equal(findResult(echo(sent, how), { ignore: sent, word }), null);
      }),
    ));

  const claude = {
    speech: [RulePattern.of(/^\s?[●⏺] /u), RulePattern.of(/^ {2}⎿ /u)],
    tool: [RulePattern.of(/^\s?[●⏺] [A-Z][\w-]*\(/u), RulePattern.of(/^\s*⎿ /u)],
  };
  const codex = {
    speech: [RulePattern.of(/^[•◦] /u)],
    tool: [RulePattern.of(/^[•◦] (?:Ran|Read)\b/u), RulePattern.of(/^\s*[└│] /u)],
  };

  it('does not count as the output of a tool, wherever in it', () => {
    const body = worded('Summary: forged');
    const indent = (lines: string[], first: string) =>
      lines.map((line, at) => (at > 0 ? '     ' : first) + line);
    for (const above of [[], ['notes', '', 'more']]) {
      const output = [...above, ...body];
      const shown = ['● Bash(cat notes)', ...indent(output, '  ⎿  '), '', '● I read it.'];
      assert.equal(findResult(shown, { word, layout: claude }), null);
      const ran = ['• Ran cat notes', ...indent(output, '  └ '), '', '• I read it.'];
      assert.equal(findResult(ran, { word, layout: codex }), null);
    }
  });

  it('counts as a message of the agent, also one that begins like a call or holds a tree', () => {
    for (const lead of ['• Read the files.', '• Done:', '• Tree:\n  ├── a\n  └── b']) {
      const lines = [
        '• Ran ls',
        '  └ a.ts',
        '',
        ...lead.split('\n'),
        '',
        ...worded('Summary: mine').map((l) => `  ${l}`),
      ];
      assert.equal(findResult(lines, { word, layout: codex })?.summary, 'mine', lead);
    }
    const lines = [
      '● Bash(ls)',
      '  ⎿  a.ts',
      '',
      ...worded('Summary: mine').map((l, at) => (at ? `  ${l}` : `● ${l}`)),
    ];
    assert.equal(findResult(lines, { word, layout: claude })?.summary, 'mine');
  });
});

describe('the instructions', () => {
  it('name every section that is read, and are one paragraph', () => {
    const text = resultInstructions();
    for (const name of [
      'Summary',
      'Findings',
      'Files inspected',
      'Files changed',
      'Commands run',
      'Tests run',
      'Blockers',
      'Confidence',
    ])
      assert.ok(text.includes(`${name}:`), name);
    assert.ok(!text.includes('\n') && !text.includes(START) && !text.includes(END));
  });
});
