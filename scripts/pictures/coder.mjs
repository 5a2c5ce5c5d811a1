#!/usr/bin/env node
// A fake agent that looks like one at work: coloured lines, a spinner, a diff, a run of tests, one question. For pictures.
import { runAgent, say } from '../../fixtures/agents/lib/agent.mjs';
import { resultBlock } from '../../fixtures/agents/lib/result.mjs';

const paint = (code) => (text) => `\u001b[${code}m${text}\u001b[0m`;
const [bold, dim, red, green, yellow, blue, cyan] = [1, 2, 31, 32, 33, 34, 36].map(paint);
const orange = paint('38;2;217;119;87');
const added = paint('48;5;22;38;5;194');
const removed = paint('48;5;52;38;5;224');

const bullet = green('•');
const takesOver =
  process.argv.at(-1)?.includes('handed over') || /take over|took over/i.test(process.argv.at(-1) ?? '');

// The task comes with instructions for its result: they would fill the picture.
process.argv[process.argv.length - 1] = process.argv.at(-1).split('\n')[0];

await runAgent('coder', async (_message, { turn, work, ask }) => {
  if (turn > 1) return say(resultBlock({ summary: 'Worked on the further message.' }));
  await (takesOver ? finish(work) : begin(work, ask));
});

async function spin(work, word, seconds) {
  const signs = '·✢✳✶✻✽✻✶✳✢';
  for (let tick = 0; tick < seconds * 8; tick++) {
    process.stdout.write(
      `\r${orange(`${signs[tick % 10]} ${word}…`)} ${dim(`(${Math.floor(tick / 8)} s · esc to interrupt)`)}`,
    );
    await work(125);
  }
  process.stdout.write('\r\u001b[2K');
}

async function prose(work, text) {
  process.stdout.write(`${bullet} `);
  for (const word of text.split(' ')) {
    process.stdout.write(`${word} `);
    await work(45);
  }
  say('\n');
}

async function begin(work, ask) {
  say('');
  await spin(work, 'Reading', 1.5);
  say(
    `${bullet} ${bold('Search')}${dim('(pattern: "router.post", path: src/routes)')}\n  ${dim('└  3 files')}\n`,
  );
  await prose(
    work,
    'The sign-in route takes any number of tries. I begin with the tests: five tries a minute for each account pass, the sixth gets status 429.',
  );
  say(`${bullet} ${bold('Write')}${dim('(test/login-limit.test.ts)')}\n  ${dim('└  38 lines')}\n`);
  await spin(work, 'Thinking', 1.5);
  say('QUESTION: Should the counters be kept in memory or in Redis?\n');
  const answer = await ask(`${dim('>')} `);
  say(`\n${dim(`> ${answer}`)}\n`);
  await spin(work, 'Editing', 2);
  say(`${bullet} ${bold('Update')}${dim('(src/routes/login.ts)')}\n  ${dim('└  1 line out, 3 lines in')}`);
  say(`     ${dim('31')} ${removed("-  router.post('/login', login);                              ")}`);
  say(`     ${dim('31')} ${added('+  const limit = tries({ points: 5, seconds: 60, by: account });')}`);
  say(`     ${dim('32')} ${added("+  router.post('/login', limit, login);                         ")}\n`);
  await work(900);
  say(`${bullet} ${bold('Bash')}${dim('(npm test -- login-limit)')}`);
  await spin(work, 'Running', 1.5);
  say(`  ${dim('└')}  ${paint('42;30')(' 3 of 3 ')} test/login-limit.test.ts`);
  for (const name of [
    'lets five tries through',
    'answers 429 to the sixth try within a minute',
    'counts each account by itself',
  ]) {
    await work(180);
    say(`       ${green('✓')} ${dim(name)}`);
  }
  say('');
  await prose(work, 'The limiter works. The page of a user still shows a name without escaping it:');
  say(`     ${red('<img src=x onerror="alert(1)">')}\n`);
  await spin(work, 'Editing', 2);
  say(`${red("You've hit your weekly limit · resets Mon 09:00")}\n`);
  await ask(`${dim('>')} `);
}

async function finish(work) {
  say('');
  say(`${cyan('›')} ${bold('Takes over')} ${dim('from another worker, in the same work tree')}\n`);
  await spin(work, 'Reading the brief', 1.5);
  say(`${bullet} ${bold('Read')}${dim('(handoff.md, src/routes/login.ts, src/views/user.ts)')}\n`);
  await prose(work, 'The limiter is done and its tests pass. What is left is the page of a user.');
  say(`${bullet} ${bold('Update')}${dim('(src/views/user.ts)')}`);
  say(`     ${dim('18')} ${removed("-  return '<h1>' + user.name + '</h1>';         ")}`);
  say(`     ${dim('18')} ${added("+  return '<h1>' + escaped(user.name) + '</h1>';")}\n`);
  await work(700);
  say(`${bullet} ${bold('Bash')}${dim('(npm test)')}`);
  await spin(work, 'Running', 2);
  say(
    `  ${dim('└')}  ${green('Test files  9 passed')} ${dim('(9)')}\n     ${green('Tests      34 passed')} ${dim('(34)')}\n`,
  );
  say(`${yellow('!')} ${dim('docs/api.md mentions the route:')} ${blue('add a sentence')}\n`);
  await work(600);
  say(
    resultBlock({
      summary: 'POST /login answers 429 to the sixth try in a minute; names are escaped.',
      changed: ['src/routes/login.ts', 'src/views/user.ts', 'test/login-limit.test.ts'],
      tests: ['npm test: 34 passed'],
    }),
  );
}
