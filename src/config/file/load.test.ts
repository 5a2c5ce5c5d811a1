import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { AgentPoolError } from '../../lib/errors.ts';
import { scratchFolder } from '../../lib/testing/scratch.ts';
import { AGENT_IDS } from '../provider-ids.ts';
import { configSchema } from '../schema.ts';
import { SCHEMA_STAMP } from './cache.ts';
import { defaultConfig } from './defaults.ts';
import { configForPrint, loadConfig, validateConfig } from './load.ts';

const defaults = defaultConfig();
const scratch = scratchFolder();
const env = { HOME: '/home/ada' };

/** A home of its own, with this config when one is given. */
function home(config?: string | Buffer): string {
  const folder = mkdtempSync(join(scratch, 'home-'));
  if (config !== undefined) writeFileSync(join(folder, 'config.yaml'), config);
  return folder;
}

async function refusal(folder: string): Promise<AgentPoolError> {
  const error = await loadConfig(folder, env).then(
    () => assert.fail('it was loaded'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AgentPoolError);
  assert.equal(error.code, 'CONFIG_INVALID');
  return error;
}

describe('a home without a config file', () => {
  it('has the defaults, and is not changed', async () => {
    const folder = home();
    const loaded = await loadConfig(folder, env);
    assert.deepEqual(loaded.config.policy, defaults.policy);
    assert.equal(loaded.exists, false);
    assert.equal(loaded.paths.ledger, join(folder, 'ledger.sqlite'));
    assert.deepEqual(readdirSync(folder), []);
  });

  it('need not exist', async () => {
    assert.equal((await loadConfig(join(scratch, 'none'), env)).exists, false);
  });

  it('loads neither the YAML library nor the schema library', async () => {
    const loaded = await importedAtOnce('load.ts');
    assert.ok(loaded.includes('src/config/file/defaults.ts'));
    assert.deepEqual(
      loaded.filter((path) => /typebox|yaml|schema|parse/.test(path)),
      [],
    );
  });
});

/** Everything that importing a file of this folder imports with it, without what is only imported on demand. */
async function importedAtOnce(file: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(import.meta.dirname, file)],
    absWorkingDir: join(import.meta.dirname, '../../..'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    write: false,
    metafile: true,
    outdir: 'unwritten',
  });
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const next of metafile.inputs[path]?.imports ?? []) {
      if (next.kind === 'import-statement') visit(next.path);
    }
  };
  visit(`src/config/file/${file}`);
  return [...seen];
}

describe('a config file', () => {
  it('overrides the defaults, with absolute paths', async () => {
    const folder = home(
      'storage: {db_path: data/l.sqlite, artifact_root: ~/things}\nmodel_catalog_paths: [~/m.json, n.json]\n',
    );
    const { config, paths, exists } = await loadConfig(folder, env);
    assert.equal(exists, true);
    assert.deepEqual(config.storage, {
      db_path: join(folder, 'data/l.sqlite'),
      artifact_root: '/home/ada/things',
    });
    assert.deepEqual(config.model_catalog_paths, ['/home/ada/m.json', join(folder, 'n.json')]);
    assert.equal(paths.ledger, config.storage.db_path);
    assert.equal(paths.artifacts, '/home/ada/things');
  });

  it('is the one named by AGENTPOOL_CONFIG', async () => {
    const other = join(home('watcher: {enabled: false}\n'), 'config.yaml');
    const { config, path } = await loadConfig(home(), { ...env, AGENTPOOL_CONFIG: other });
    assert.equal(path, other);
    assert.equal(config.watcher.enabled, false);
  });

  it('may start with a byte order mark', async () => {
    const { config } = await loadConfig(home('\uFEFFpolicy: {max_parallel_sessions: 7}\n'), env);
    assert.equal(config.policy.max_parallel_sessions, 7);
  });

  it('is read again after a change, despite the cache', async () => {
    const folder = home('policy: {max_parallel_sessions: 7, zebra: 1}\n');
    const limits = async () => {
      const { config, warnings } = await loadConfig(folder, env);
      return [config.policy.max_parallel_sessions, warnings.length];
    };
    assert.deepEqual(await limits(), [7, 1]);
    assert.ok(readFileSync(join(folder, 'run/config.json'), 'utf8').includes('zebra'));
    assert.deepEqual(await limits(), [7, 1]);
    writeFileSync(join(folder, 'config.yaml'), 'policy: {max_parallel_sessions: 8}\n');
    assert.deepEqual(await limits(), [8, 0]);
  });

  it('is read if its cache is broken or from another version', async () => {
    const folder = home('policy: {max_parallel_sessions: 7}\n');
    await loadConfig(folder, env);
    const kept = join(folder, 'run/config.json');
    for (const garbage of ['', '{', '[]', '{"stamp":"old","text":"policy: {max_parallel_sessions: 7}\\n"}']) {
      writeFileSync(kept, garbage);
      assert.equal((await loadConfig(folder, env)).config.policy.max_parallel_sessions, 7);
    }
    assert.equal(statSync(kept).mode & 0o777, 0o600);
  });

  it('is read if its cache cannot be written', async () => {
    const folder = home('policy: {max_parallel_sessions: 7}\n');
    writeFileSync(join(folder, 'run'), 'a file where the folder belongs');
    assert.equal((await loadConfig(folder, env)).config.policy.max_parallel_sessions, 7);
  });
});

describe('a config file that cannot be used', () => {
  it('fails with the position, the reason and a next command', async () => {
    const folder = home('policy:\n  allow_auto_routing: true\n  max_parallel_sessions: 0\n');
    const error = await refusal(folder);
    assert.ok(
      error.message.startsWith(`${join(folder, 'config.yaml')}:2:23: policy.allow_auto_routing is true.`),
    );
    assert.match(error.message, /\(and 1 more\)$/);
    assert.equal(error.details.example, 'agentpool config validate');
  });

  it('is not cached', async () => {
    const folder = home('policy: 5\n');
    await refusal(folder);
    assert.deepEqual(readdirSync(folder), ['config.yaml']);
  });

  it('because it is a folder', async () => {
    const folder = home();
    mkdirSync(join(folder, 'config.yaml'));
    assert.match((await refusal(folder)).message, /is a folder/);
  });

  it('because it is not UTF-8', async () => {
    assert.match(
      (await refusal(home(Buffer.from([0x61, 0xff, 0x3a])))).message,
      /is not UTF-8\. Save it as UTF-8/,
    );
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('version: 1\n', 'utf16le')]);
    assert.match((await refusal(home(wide))).message, /is not UTF-8 but UTF-16/);
  });

  it('because it is a gigabyte, which is not read', async () => {
    const folder = home('');
    truncateSync(join(folder, 'config.yaml'), 2 ** 30);
    assert.match((await refusal(folder)).message, /has 1 GiB, more than 256 KiB/);
  });

  it('because it is a pipe, which is not waited for', async () => {
    const folder = home();
    execFileSync('mkfifo', [join(folder, 'config.yaml')]);
    assert.match((await refusal(folder)).message, /is not a regular file/);
  });

  it('because it is a link to itself', async () => {
    const folder = home();
    symlinkSync(join(folder, 'config.yaml'), join(folder, 'config.yaml'));
    assert.match((await refusal(folder)).message, /is a link that leads to itself/);
  });

  it('because its folder is a file', async () => {
    const folder = join(home(''), 'config.yaml', 'deeper');
    assert.match((await refusal(folder)).message, /lies below something that is no folder/);
  });

  it(
    'because its reader may not read it',
    { skip: process.getuid?.() === 0 && 'root may read all' },
    async () => {
      const folder = home('');
      chmodSync(join(folder, 'config.yaml'), 0o000);
      assert.match((await refusal(folder)).message, /may not be read by you/);
    },
  );
});

describe('the report on a config file', () => {
  it('is positive for a valid file and without a file', async () => {
    const folder = home('version: 1\n');
    for (const [path, exists] of [
      [join(folder, 'config.yaml'), true],
      [join(folder, 'none.yaml'), false],
    ] as const) {
      assert.deepEqual(await validateConfig(path), {
        ok: true,
        path,
        exists,
        errors: [],
        warnings: [],
        problems: [],
      });
    }
  });

  it('fails if the named file is missing', async () => {
    const report = await validateConfig(join(scratch, 'none.yaml'), { mustExist: true });
    assert.equal(report.ok, false);
    assert.match(report.errors[0] ?? '', /does not exist\. Create it with: agentpool init/);
  });

  it('separates errors from warnings, one line each', async () => {
    const folder = home('polcy: {}\nwatcher: {enabled: 1}\n');
    const { ok, errors, warnings, problems } = await validateConfig(join(folder, 'config.yaml'));
    assert.equal(ok, false);
    assert.deepEqual(errors, [
      'config.yaml:2:20: watcher.enabled is 1. Write true or false, for example true.',
    ]);
    assert.deepEqual(warnings, [
      'config.yaml:1:1: polcy is not a key that AgentPool knows, so it is ignored. Did you mean policy?',
    ]);
    assert.equal(problems.length, 2);
  });
});

describe('the printed config', () => {
  it('hides the environment of custom providers, and nothing else', async () => {
    const { config } = await loadConfig(
      home('custom_providers: [{id: mine, command: [mine], env: {API_KEY: s3cret}}]\n'),
      env,
    );
    const printed = configForPrint(config);
    assert.deepEqual(printed.custom_providers[0]?.env, { API_KEY: '[hidden]' });
    assert.equal(config.custom_providers[0]?.env.API_KEY, 's3cret');
    assert.deepEqual({ ...printed, custom_providers: [] }, { ...config, custom_providers: [] });
  });
});

describe('the stamp of cached configs', () => {
  it('matches the current schema and defaults', () => {
    const [, ...others] = AGENT_IDS as readonly unknown[];
    const withOneAgent = (key: string, value: unknown) => {
      if (others.includes(key)) return undefined;
      return Array.isArray(value) ? value.filter((each) => !others.includes(each)) : value;
    };
    const hash = createHash('sha256')
      .update(JSON.stringify([configSchema, defaults], withOneAgent))
      .digest('hex')
      .slice(0, 12);
    assert.equal(
      SCHEMA_STAMP.split('-')[1],
      hash,
      `The schema or the defaults changed: end SCHEMA_STAMP in src/config/file/cache.ts in -${hash}`,
    );
  });
});
