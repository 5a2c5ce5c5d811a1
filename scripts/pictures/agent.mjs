// What the agents of the pictures show: screens as Claude Code and Codex draw them, chosen by the task, with a change in
// the work tree behind them. Invented; nothing here asks a model.
//   node agent.mjs claude|codex WORDS
import { appendFileSync, writeFileSync } from 'node:fs';

const [name, ...words] = process.argv.slice(2);
const given = words.join(' ');
if (words.some((word) => /^-{0,2}(version|v)$/i.test(word))) {
  console.log(name === 'claude' ? '2.1.330 (Claude Code)' : 'codex-cli 0.169.0');
  process.exit(0);
}
if (!process.env.AGENTPOOL_SESSION_ID) process.exit(0);

const paint = (codes) => (text) => `\x1b[${codes}m${text}\x1b[0m`;
const [bold, dim, green, red, blue, orange, cyan] = ['1', '2', '32', '31', '34', '38;5;173', '36'].map(paint);
const columns = Math.min(process.stdout.columns || 80, 100);
const rule = dim('─'.repeat(columns));

const claudeBox = ['', rule, '❯ ', rule, dim('  ? for shortcuts')];
const codexBox = [
  '',
  `${bold('›')} ${dim('Ask Codex to do anything')}`,
  '',
  dim('  gpt-5.6 high · 71% context left'),
];

const SCENES = [
  {
    task: /invoices/,
    edit: () => {
      writeFileSync(
        'migrations.sql',
        `${Array.from({ length: 42 }, (_, at) => `-- step ${at}`).join('\n')}\n`,
      );
      appendFileSync('billing.ts', 'export const invoices = "billing_invoices";\n');
    },
    screen: [
      `${bold('●')} The new tables are ready. I move the rows first, and then drop the old ones.`,
      '',
      `${green('●')} ${bold('Write')}(migrations.sql)`,
      '  ⎿  Wrote 42 lines to migrations.sql',
      '',
      `${green('●')} ${bold('Update')}(billing.ts)`,
      '  ⎿  Updated billing.ts with 1 addition',
      `     ${dim('18')} ${green('+export const invoices = "billing_invoices";')}`,
      '',
      orange('─'.repeat(columns)),
      ` ${orange(bold('Bash command'))}`,
      '',
      '   npm run migrate -- --to 42 --database staging',
      `   ${dim('Apply the migration to the staging database')}`,
      '',
      ' Do you want to proceed?',
      ` ${blue('❯ 1. Yes')}`,
      '   2. Yes, and don’t ask again for npm run migrate commands',
      '   3. No, and say what to do differently (esc)',
      '',
      dim(' Esc to cancel · Tab to amend'),
    ],
  },
  {
    task: /pagination/,
    screen: [
      `${dim('•')} ${bold('Explored')}`,
      `  ${dim('└')} ${cyan('Read')} routes/orders.ts, orders.test.ts`,
      '',
      `${dim('•')} The API returns all orders at once. I can add pages by a number or by a cursor.`,
      '',
      '  Question 1/1 (1 unanswered)',
      '  Which kind of pages should the orders have?',
      '',
      `  ${cyan('› 1. A cursor  Stable while orders are added')}`,
      '    2. A number   Simple, and may repeat an order',
      '',
      dim('  tab to add notes | enter to submit answer | esc to interrupt'),
    ],
  },
  { task: /date parser/, working: '6m 12s', tool: 'Ran npm test -- dates' },
  { task: /search index/, working: '21m 40s', tool: 'Edited index/build.ts (+118 −20)' },
  {
    task: /auth change/,
    screen: [
      `${bold('●')} I compare the tokens of both versions.`,
      '',
      `${green('●')} ${bold('Bash')}(git diff main -- src/auth)`,
      '  ⎿  +64 −12 in 3 files',
      '',
      `${orange('✻')} ${orange('Reviewing…')} ${dim('(26m 4s · ↓ 18.2k tokens · esc to interrupt)')}`,
      ...claudeBox,
    ],
  },
  {
    task: /importer/,
    screen: [
      '❯ Port the importer to streams',
      `  ⎿  ${red('You’ve hit your session limit')} · resets ${process.env.PICTURE_RESET ?? '3pm'}`,
      `     ${dim('/upgrade to increase your usage limit.')}`,
      ...claudeBox,
    ],
  },
  { task: /memory leak/, report: 'The cache of sessions keeps every socket; it is cleared when one closes.' },
  {
    task: /CI image/,
    exit: 1,
    screen: ['npm error code ERESOLVE', 'npm error unable to resolve dependency tree'],
  },
];

const scene = SCENES.find(({ task }) => task.test(given)) ?? { screen: ['Nothing to show.'] };
scene.edit?.();
const screen =
  scene.screen ??
  (scene.working
    ? [
        `${dim('•')} ${bold(scene.tool)}`,
        '',
        `${dim('•')} ${bold('Working')} ${dim(`(${scene.working} • esc to interrupt)`)}`,
        ...codexBox,
      ]
    : reported(scene.report));
process.stdout.write(`${screen.join('\n')}\n`);
if (scene.exit !== undefined) process.exit(scene.exit);
process.stdin.setRawMode?.(true);
process.stdin.resume();

/** A result block, with the marks that the task names. */
function reported(summary) {
  const mark = /AGENTPOOL_RESULT_(\w+?)_(?:START|END|x)/.exec(given)?.[1] ?? 'MARK';
  const none = ['Files inspected', 'Files changed', 'Commands run', 'Tests run', 'Blockers'];
  return [
    `AGENTPOOL_RESULT_${mark}_START`,
    `Summary: ${summary}`,
    'Findings:',
    '- none',
    ...none.flatMap((title) => [`${title}:`, '- none']),
    'Confidence: high',
    `AGENTPOOL_RESULT_${mark}_END`,
    ...claudeBox,
  ];
}
