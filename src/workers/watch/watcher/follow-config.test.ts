import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../../../lib/testing/until.ts';
import { type Agent, Home } from '../../testing/home.ts';

const mine: Agent = { id: 'mine', program: 'fake-question' };

const watcherLog = (home: Home) => readFileSync(join(home.folder, 'run', 'watcher.log'), 'utf8');

/** A home whose watcher runs and has read the config that it was started with. */
async function watchedHome(...agents: Agent[]): Promise<Home> {
  const home = new Home({ agents });
  await home.spawn('fake-idle');
  await until('a watcher', () => home.watcherPid());
  return home;
}

/** Types into the worker's terminal, as an attached person does. */
const type = (home: Home, id: string, text: string) =>
  home.tmux(id, 'send-keys', '-t', home.session(id).tmux_pane, text, 'Enter');

describe('a running watcher', () => {
  it('classifies a custom provider that is added to config.yaml', async () => {
    const home = await watchedHome();
    home.configure([mine]);
    const id = await home.spawn('mine');
    await home.reaches(id, 'AWAITING_USER_INPUT');
  });

  it('notifies as soon as notify is switched on, but not of earlier events', async () => {
    const agent = { id: 'repeat', program: 'fake-repeat-question', env: { FAKE_QUESTIONS: '2' } };
    const home = await watchedHome(agent);
    const id = await home.spawn('repeat');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    const notifier = join(import.meta.dirname, '..', '..', 'notify', 'testing', 'notifier.mjs');
    home.configure([agent], { notify: { command: [process.execPath, notifier, 'write'] } });
    await until('the new config', () => /read again/.test(watcherLog(home)));
    const first = home.eventsOf('worker.transitioned', id).at(-1)?.position ?? 0;
    await home.run(['send', id, 'the migrations first']);
    const notifications = () => readdirSync(home.folder).filter((name) => name.startsWith('heard-'));
    await until('the second question', () => notifications().length > 0);
    const of = (name: string) => Number(name.slice('heard-'.length));
    assert.ok(notifications().every((name) => of(name) > first));
  });

  it('keeps the last valid config while the file has an error, and says so until it is fixed', async () => {
    const home = await watchedHome(mine);
    const config = join(home.folder, 'config.yaml');
    const valid = readFileSync(config, 'utf8');
    const id = await home.spawn('mine');
    await home.reaches(id, 'AWAITING_USER_INPUT');
    assert.deepEqual((await home.json(['watcher', 'status'])).config_problems, []);

    writeFileSync(`${config}.tmp`, 'version: 1\nnotify: loudly\n');
    renameSync(`${config}.tmp`, config);
    await until('the fault', () => /the last valid one stays in force/.test(watcherLog(home)));
    type(home, id, 'the migrations first');
    await home.reaches(id, 'COMPLETED');
    const status = await home.json(['watcher', 'status']);
    assert.equal(status.running, true);
    assert.equal(status.config_problems.length, 1);
    assert.match(status.config_problems[0], /^config\.yaml:2:9: notify is "loudly"/);
    assert.match((await home.run(['watcher', 'status'])).stdout, /not applied {2}config\.yaml:2:9: /);
    const found = async () => {
      const { findings } = await home.json(['doctor']);
      return findings.find(({ check }: { check: string }) => check === 'config');
    };
    assert.deepEqual(await found().then(({ severity }) => severity), 'error');
    assert.match((await found()).found, /config\.yaml:2:9: /);

    writeFileSync(config, valid);
    assert.deepEqual((await home.json(['watcher', 'status'])).config_problems, []);
    assert.equal((await found()).ok, true);
  });

  it('classifies by a detection rule that is added, and by the valid rules while that one has an error', async () => {
    const home = await watchedHome();
    const id = home.sessions()[0]?.id ?? '';
    await home.reaches(id, 'IDLE');
    const detectors = join(home.folder, 'detectors');
    const rule = {
      name: 'noted',
      yields: 'question',
      priority: 1500,
      region: 'screen',
      when: [{ line: '^Message 1 noted' }],
    };
    const write = (rules: object[]) =>
      writeFileSync(join(detectors, 'general.yaml'), JSON.stringify({ provider: 'general', rules }));
    mkdirSync(detectors);
    write([rule]);
    await home.reaches(id, 'AWAITING_USER_INPUT');

    write([{ ...rule, when: [{ line: '(' }] }]);
    const { config_problems } = await home.json(['watcher', 'status']);
    assert.match(config_problems[0], /general\.yaml:1: rule noted: /);
    const { findings } = await home.json(['doctor']);
    assert.equal(findings.find(({ check }: { check: string }) => check === 'detectors').severity, 'error');
    await until('the fault', () => /RULES_INVALID|general\.yaml:1/.test(watcherLog(home)));
    const asking = await home.spawn('fake-question');
    await home.reaches(asking, 'AWAITING_USER_INPUT');
  });

  it('stops when the config switches it off', async () => {
    const home = await watchedHome();
    home.configure([], { watcher: { enabled: false } });
    await until(
      'its end',
      () => home.watcherPid() === null,
      () => watcherLog(home),
    );
    assert.match(watcherLog(home), /stopped: switched off in config\.yaml/);
    assert.equal((await home.json(['watcher', 'status'])).reason, 'switched off in config.yaml');
  });
});
