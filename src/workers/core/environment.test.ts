import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { callersOwnOf, everyCallersOwn } from '../../agents/callers-own.ts';
import { AGENT_IDS } from '../../config/provider-ids.ts';
import { workerEnvironment } from './environment.ts';

/** What a person sets to choose an account, a cloud, a model or a proxy: a worker without it works on another one. */
const CONFIGURATION = [
  'PATH HOME USER LANG LC_ALL TZ TMPDIR SHELL EDITOR SSH_AUTH_SOCK HTTPS_PROXY NO_PROXY NODE_EXTRA_CA_CERTS',
  'CLAUDE_CONFIG_DIR CLAUDE_CODE_OAUTH_TOKEN CLAUDE_CODE_OAUTH_REFRESH_TOKEN CLAUDE_CODE_USE_BEDROCK CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY CLAUDE_CODE_USE_MANTLE CLAUDE_CODE_SKIP_BEDROCK_AUTH CLAUDE_CODE_SKIP_VERTEX_AUTH',
  'CLAUDE_CODE_MAX_OUTPUT_TOKENS CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC CLAUDE_CODE_CLIENT_CERT CLAUDE_CODE_EFFORT_LEVEL',
  'CLAUDE_CODE_API_KEY_HELPER_TTL_MS CLAUDE_CODE_SUBAGENT_MODEL CLAUDE_CODE_ENABLE_TELEMETRY CLAUDE_CODE_GIT_BASH_PATH',
  'ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN ANTHROPIC_BASE_URL ANTHROPIC_MODEL ANTHROPIC_VERTEX_PROJECT_ID CLOUD_ML_REGION',
  'ANTHROPIC_BEDROCK_BASE_URL AWS_REGION AWS_PROFILE AWS_BEARER_TOKEN_BEDROCK GOOGLE_APPLICATION_CREDENTIALS',
  'CODEX_HOME CODEX_API_KEY CODEX_ACCESS_TOKEN CODEX_CA_CERTIFICATE CODEX_SQLITE_HOME OPENAI_API_KEY OPENAI_BASE_URL',
  'OPENCODE_CONFIG OPENCODE_CONFIG_DIR OPENCODE_CONFIG_CONTENT OPENCODE_API_KEY OPENCODE_PERMISSION XDG_CONFIG_HOME XDG_DATA_HOME',
  'COPILOT_HOME COPILOT_GITHUB_TOKEN GH_TOKEN GITHUB_TOKEN GH_HOST CURSOR_API_KEY CURSOR_CONFIG_DIR FACTORY_API_KEY',
  'GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_SSH_COMMAND GIT_ASKPASS GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0 GIT_SSL_CAINFO EMPTY',
].flatMap((line) => line.split(' '));

/** What a git hook, an agent and a terminal set for the processes in them. */
const CALLERS_OWN = [
  'GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_PREFIX GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_COMMON_DIR',
  'GIT_NAMESPACE GIT_QUARANTINE_PATH GIT_CONFIG_PARAMETERS GIT_AUTHOR_DATE GIT_REFLOG_ACTION GIT_PUSH_OPTION_COUNT GIT_PUSH_OPTION_0',
  'CLAUDECODE CLAUDE_CODE_ENTRYPOINT CLAUDE_CODE_SESSION_ID CLAUDE_CODE_CHILD_SESSION CLAUDE_CODE_SSE_PORT CLAUDE_PROJECT_DIR',
  'CLAUDE_ENV_FILE CLAUDE_PID AI_AGENT CODEX_SANDBOX CODEX_SANDBOX_NETWORK_DISABLED CODEX_CI CODEX_THREAD_ID OPENCODE OPENCODE_PID',
  'OPENCODE_SERVER_PASSWORD CURSOR_TRACE_ID CURSOR_AGENT COPILOT_CLI AGENTPOOL_HOME AGENTPOOL_SESSION_ID BASH_FUNC_f%%',
  'TMUX TMUX_PANE TERM TERM_PROGRAM TERM_SESSION_ID COLUMNS LINES PWD OLDPWD SHLVL _',
].flatMap((line) => line.split(' '));

const withValues = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, name === 'EMPTY' ? '' : `value of ${name}`]));

describe('the environment of a worker', () => {
  it("has what configures an agent, and nothing that describes the caller's own process", async () => {
    const inherited = withValues(CONFIGURATION);
    const env = { ...inherited, ...withValues(CALLERS_OWN), GONE: undefined };
    assert.deepEqual(await workerEnvironment(env), inherited);
  });

  it('leaves out the listed names and no other one, whatever it begins with', async () => {
    const listed = (await everyCallersOwn()).flatMap(({ names }) => names);
    const other = fc
      .tuple(
        fc.constantFrom('CLAUDE_', 'CODEX_', 'CURSOR_', 'OPENCODE_', 'COPILOT_', 'GIT_', 'TERM_', ''),
        fc.stringMatching(/^[A-Z][A-Z0-9_]{6,12}$/),
      )
      .map((parts) => parts.join(''))
      .filter(
        (name) =>
          !listed.includes(name) && !CALLERS_OWN.includes(name) && !/^GIT_PUSH_OPTION|^AGENTPOOL_/.test(name),
      );
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(other, { maxLength: 8 }), fc.subarray(listed), async (kept, left) => {
        const env = withValues([...kept, ...left]);
        assert.deepEqual(Object.keys(await workerEnvironment(env)).sort(), [...kept].sort());
      }),
    );
  });

  it('has a reason for each name, and each name once for an agent', async () => {
    for (const id of AGENT_IDS) {
      const own = await callersOwnOf(id);
      const known = own.flatMap(({ names }) => names);
      assert.equal(new Set(known).size, known.length, id);
      for (const { reason, names } of own) {
        assert.match(reason, /^[A-Z].{20,}\.$/);
        assert.deepEqual(
          names.filter((name) => !/^[A-Z][A-Z0-9_]+$/.test(name)),
          [],
        );
      }
    }
    const all = (await everyCallersOwn()).flatMap(({ names }) => names);
    assert.ok(all.length > 80);
  });
});
