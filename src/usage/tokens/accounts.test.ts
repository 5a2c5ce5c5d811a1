import assert from 'node:assert/strict';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from '../../config/file/parse.ts';
import { ALL_OF_IT, readTokens } from './logs.ts';
import { lastAnswer } from './report.ts';
import { CLAUDE, claudeAnswer, user } from './testing/logs.ts';

/** A user with two more accounts of Claude Code and one of Droid; answers by account. */
function accounts() {
  const { ground, place, write } = user();
  const folder = (name: string) => JSON.stringify(join(ground, name));
  const { config } = parse(`providers:
  claude-code:
    accounts:
      - { name: work, folder: ${folder('work')} }
      - { name: again, folder: ${folder('again')} }
  droid-cli:
    accounts: [{ name: work, folder: ${folder('droid')} }]
`);
  const counted = () =>
    readTokens({ ...place, config: config ?? assert.fail() }, ALL_OF_IT, {}, ({ index }) =>
      Object.fromEntries(
        (
          index.connection
            .prepare('SELECT provider_id, count(*) AS answers FROM uses GROUP BY provider_id')
            .all() as { provider_id: string; answers: number }[]
        ).map(({ provider_id, answers }) => [provider_id, answers]),
      ),
    );
  return { ground, place, write, counted };
}

describe('the tokens of two accounts', () => {
  it('count once where the folder of one is a link to that of the other', async () => {
    const { ground, write, counted } = accounts();
    write('work/projects/p/s.jsonl', [claudeAnswer('m1', 1)]);
    symlinkSync('work', join(ground, 'again'));
    assert.deepEqual(await counted(), { 'claude-code@work': 1 });
  });

  it('count once where a log was copied from one to the other, whichever was read first', async () => {
    const { ground, write, counted } = accounts();
    const official = claudeAnswer('msg_01Ab2Cd3Ef4Gh5Ij6Kl7Mn8P', 1);
    write('work/projects/p/s.jsonl', [official, claudeAnswer('m1', 1)]);
    assert.deepEqual(await counted(), { 'claude-code@work': 2 });
    cpSync(join(ground, 'work'), join(ground, '.claude'), { recursive: true });
    assert.deepEqual(await counted(), { 'claude-code': 2 });
    write('again/projects/p/s.jsonl', [official, claudeAnswer('m1', 1), claudeAnswer('m2', 1)]);
    assert.deepEqual(await counted(), { 'claude-code': 2, 'claude-code@again': 1 });
  });

  it('stay those of an account that is no longer known, also when its log is read again', async () => {
    const { ground, place, write, counted } = accounts();
    const file = write('work/projects/p/s.jsonl', [claudeAnswer('m1', 1)]);
    assert.deepEqual(await counted(), { 'claude-code@work': 1 });
    const env = { ...place.env, CLAUDE_CONFIG_DIR: join(ground, 'work') };
    const providers = () => readTokens({ ...place, env }, ALL_OF_IT, {}, ({ index }) => index.providers());
    assert.deepEqual(await providers(), ['claude-code@work']);
    const lines = [claudeAnswer('m0', 1), claudeAnswer('m1', 1)].map((line) => JSON.stringify(line));
    writeFileSync(file, `${lines.join('\n')}\n`);
    assert.deepEqual(await providers(), ['claude-code']);
    assert.deepEqual(await counted(), { 'claude-code': 2 });
  });

  it('are apart where a gateway gives both the same id', async () => {
    const { write, counted } = accounts();
    write(CLAUDE, [claudeAnswer('relay', 1)]);
    write('work/projects/p/s.jsonl', [claudeAnswer('relay', 1, { timestamp: '2026-03-05T10:00:00.000Z' })]);
    assert.deepEqual(await counted(), { 'claude-code': 1, 'claude-code@work': 1 });
  });

  it('are those of the folder that separates them', async () => {
    const { write, counted } = accounts();
    write('droid/.factory/sessions/p/s.settings.json', [], '\uFEFF{"tokenUsage":{"inputTokens":5}}');
    assert.deepEqual(await counted(), { 'droid-cli@work': 1 });
  });
});

describe('the last answer', () => {
  it('may be later than now', async () => {
    const { place, write } = user();
    const read = () => readTokens(place, ALL_OF_IT, {}, ({ index }) => lastAnswer(index));
    assert.equal(await read(), 0);
    write(CLAUDE, [claudeAnswer('m1', 1), claudeAnswer('m2', 1, { timestamp: '2150-01-01T00:00:00Z' })]);
    assert.equal(await read(), Date.UTC(2150, 0, 1));
  });
});
