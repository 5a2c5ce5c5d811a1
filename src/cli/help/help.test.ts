import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import stringWidth from 'string-width';
import { commands } from '../commands/index.ts';
import { everyGrammar } from '../grammar/every.ts';
import { page } from './layout.ts';
import { aliases, sections } from './sections.ts';
import { helpText } from './text.ts';

const grammars = await everyGrammar(commands);
const said = { version: '1.2.3', page: page() };
const help = (...words: string[]) => helpText(words, grammars, said) ?? '';
const groupNames = [
  ...new Set(grammars.map(({ path }) => path.split(' ')).flatMap(([one, two]) => (two && one ? [one] : []))),
];

describe('help', () => {
  it('lists every command in a category, with an example', () => {
    for (const { path, category, description, examples } of grammars) {
      assert.ok(sections.includes(category), `${path}: ${category} is none of ${sections.join(', ')}`);
      assert.ok(description, path);
      assert.ok(examples.length > 0, `${path} has no example`);
    }
  });

  it('lists a command in the section that its folder is named after', () => {
    const index = readFileSync(new URL('../commands/index.ts', import.meta.url), 'utf8');
    const folders = new Map(
      [...index.matchAll(/^ {2}'?([\w -]+?)'?: \(\) => import\('\.\/(\w+)\//gm)].map(([, path, folder]) => [
        path,
        folder,
      ]),
    );
    assert.ok(folders.size > 60);
    for (const { path, category } of grammars)
      if (folders.has(path)) assert.equal(folders.get(path), category.toLowerCase(), path);
  });

  it('has one uncut line per command, and none for aliases', () => {
    const overview = help();
    assert.doesNotMatch(overview, /…/);
    for (const name of new Set(grammars.map(({ path }) => path.split(' ')[0]))) {
      const lines = overview.match(new RegExp(`^  ${name} .*$`, 'gm'))?.length ?? 0;
      assert.equal(lines, aliases.includes(name ?? '') ? 0 : 1, name);
    }
  });

  it('fits 80 columns, except for lines to copy', () => {
    for (const path of ['', ...groupNames, ...grammars.map((grammar) => grammar.path)]) {
      for (const line of help(...path.split(' ').filter(Boolean)).split('\n')) {
        if (!line.startsWith('    ')) assert.ok(stringWidth(line) <= 80, `${path}: ${line}`);
      }
    }
  });

  it('names the value of every option, and shows its default', () => {
    const spawn = help('spawn');
    assert.match(help('leases', 'acquire'), /leases acquire SESSION --file FILE \[OPTIONS\]/);
    assert.match(spawn, /--repo FOLDER +the folder to work in \(default: \.\)/);
    for (const { path } of grammars) assert.doesNotMatch(help(...path.split(' ')), /#0/);
  });

  it('for a group lists each of its commands', () => {
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
