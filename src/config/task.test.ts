import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPlaceholderTask } from './task.ts';

const placeholders = [
  ...['', '   ', '\n\t', '...', '…', '---', '?', '-', '""'],
  ...[
    '<task>',
    '<your task here>',
    '"<task>"',
    '[task]',
    '{{ task }}',
    '{task}',
    '$TASK',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a gap as shell scripts write it
    '${TASK}',
    '%TASK%',
  ],
  ...[
    '@filename',
    '@task.md',
    '@/tmp/prompt.txt',
    'Your task here',
    'your task here...',
    '"Your task here."',
  ],
  ...['TODO', 'todo:', 'TBD', 'task', 'Task here', 'the task', 'Insert task here', 'Describe your task here'],
  ...[
    '<actual delegated task>',
    'your_task_here',
    'YOUR-TASK-HERE',
    'Enter the prompt here',
    'task goes here',
  ],
  ...['placeholder', 'Lorem ipsum', '(your prompt here)', '[TASK DESCRIPTION]'],
];

const tasks = [
  ...[
    'Fix the login bug',
    'fix tests',
    'Explain',
    'test',
    '修复登录错误',
    'Найди ошибку',
    'Was macht a.ts?',
    'go',
  ],
  ...['Replace the text "your task here" in README.md', 'Why does <task> not render in the template?'],
  ...['@src/app.ts please review this file', 'Read @task.md and do what it says', 'Remove all TODO comments'],
  ...[
    '<task>Fix the login bug</task>',
    '[BUG] the button is dead',
    '[Fix the login bug]',
    '{"task": "fix it"}',
  ],
  ...['Implement task.ts', 'Describe the task queue', 'Write a prompt for the summariser', 'a... b'],
  ...['Add a placeholder to the search box', 'Explain what $TASK does in run.sh', '# Task\n\nFix it'],
  ...['Here is the task: none of the tests may fail', 'List every task here that has no owner, with its age'],
];

describe('a placeholder where the task belongs', () => {
  for (const text of placeholders) {
    it(`is recognized: ${JSON.stringify(text)}`, () => assert.equal(isPlaceholderTask(text), true));
  }
});

describe('a real task', () => {
  for (const text of tasks) {
    it(`is no placeholder: ${JSON.stringify(text)}`, () => assert.equal(isPlaceholderTask(text), false));
  }

  it('may have any length', () => {
    assert.equal(isPlaceholderTask(`${'<'.repeat(200_000)} fix ${'task '.repeat(200_000)}`), false);
    assert.equal(isPlaceholderTask(`enter ${'the '.repeat(200_000)}`), false);
  });
});
