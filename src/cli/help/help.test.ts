import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import stringWidth from 'string-width';
import { everyGrammar } from '../grammar/every.ts';
import { page } from './layout.ts';
import { sections } from './sections.ts';
import { helpText } from './text.ts';

const grammars = await everyGrammar();
const said = { version: '1.2.3', page: page() };
const help = (...words: string[]) => helpText(words, grammars, said) ?? '';
const groupNames = [
  ...new Set(grammars.map(({ path }) => path.split(' ')).flatMap(([one, two]) => (two && one ? [one] : []))),
];

describe('help', () => {
  it('tells every command below a title that says what one wants to do, with an example', () => {
    for (const { path, category, description, examples } of grammars) {
      assert.ok(sections.includes(category), `${path}: ${category} is none of ${sections.join(', ')}`);
      assert.ok(description, path);
      assert.ok(examples.length > 0, `${path} has no example`);
    }
  });

  it('has one line a command, and none that had to be cut', () => {
    const overview = help();
    assert.doesNotMatch(overview, /…/);
    for (const name of new Set(grammars.map(({ path }) => path.split(' ')[0]))) {
      assert.equal(overview.match(new RegExp(`^  ${name} .*$`, 'gm'))?.length, 1, name);
    }
  });

  it('fits 80 columns, but for lines that are there to be copied', () => {
    for (const path of ['', ...groupNames, ...grammars.map((grammar) => grammar.path)]) {
      for (const line of help(...path.split(' ').filter(Boolean)).split('\n')) {
        if (!line.startsWith('    ')) assert.ok(stringWidth(line) <= 80, `${path}: ${line}`);
      }
    }
  });

  it('calls the value of every option by a name, and says what it is without it', () => {
    const spawn = help('spawn');
    assert.match(help('leases', 'acquire'), /leases acquire --session-id SESSION --file FILE \[OPTIONS\]/);
    assert.match(spawn, /--repo FOLDER +the folder to work on \(default: \.\)/);
    for (const { path } of grammars) assert.doesNotMatch(help(...path.split(' ')), /#0/);
  });

  it('on a group tells each of its commands', () => {
    for (const name of groupNames) {
      for (const { path } of grammars.filter((each) => each.path.startsWith(`${name} `))) {
        assert.match(help(name), new RegExp(`^  ${path} `, 'm'));
      }
    }
  });

  it('is null for words that name nothing', () => {
    assert.equal(helpText(['spwan'], grammars, said), null);
  });
});
