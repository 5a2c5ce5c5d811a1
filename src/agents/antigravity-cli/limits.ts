import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { converse, run } from '../contract/limits/converse.ts';
import {
  answer,
  failure,
  kindOfMinutes,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../contract/limits/reading.ts';
import type { UsageWindow, WindowKind } from '../contract/limits/sample.ts';
import { quoted } from '../contract/limits/scrub.ts';
import { fractionLeft } from '../contract/limits/shares.ts';
import { type Json, list, number, printedJson, record, text } from '../contract/limits/values.ts';

/**
 * `agy -p /usage --output-format json`, as docs/antigravity.md of CodexBar describes it (agy 1.1.11 and later: before,
 * the words would be a prompt). Not tried here: the program is not on npm. Without a login agy begins one, so that it is
 * asked only where it was used before, without a browser to open, and is ended at the first word of a sign-in.
 */
export const agyUsage: UsageSource = {
  id: 'agy-usage',
  provider: 'antigravity-cli',
  reach: 'network',
  reads: "Antigravity's own login, through `agy -p /usage`",
  hosts: ['cloudcode-pa.googleapis.com'],
  confidence: 'observed',
  deadline_ms: 30_000,
  async read(context) {
    const { agent, home } = context;
    if (agent === null) return failure('not_found', 'agy is not installed');
    if (!existsSync(join(home, '.gemini', 'antigravity-cli')))
      return failure('not_found', 'agy was never used here: it would ask to sign in');
    const version = await run(context, { program: agent, args: ['--version'], env: QUIET });
    if (!hasReport(version.stdout)) return failure('unsupported', 'usage is reported from agy 1.1.11 on');
    const { printed, failure: broken } = await converse(context, {
      program: agent,
      args: ['-p', '/usage', '--output-format', 'json'],
      env: QUIET,
      say: '',
      endsInput: true,
      done: (said) => printedJson(said) !== null || SIGN_IN.test(said),
    });
    return broken ?? parseAgyUsage(printed);
  },
};

const QUIET = {
  AGY_CLI_DISABLE_AUTO_UPDATE: 'true',
  BROWSER: 'false',
  DISPLAY: undefined,
  WAYLAND_DISPLAY: undefined,
};
const SIGN_IN = /accounts\.google\.com|authorization code|sign in/i;

function hasReport(version: string): boolean {
  const [, major = 0, minor = 0, patch = 0] = /(\d+)\.(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  return major > 1 || (major === 1 && (minor > 1 || (minor === 1 && patch >= 11)));
}

const KINDS: Readonly<Record<string, WindowKind>> = { '5h': '5h', daily: 'daily', weekly: 'weekly' };

/**
 * `{status, num_turns, command: {name: "usage", data: {groups: [{name, buckets: [{id, window, remaining_fraction,
 * reset_time, disabled}]}]}}}`. A group is of some models (`Gemini Models`, `Claude and GPT models`): none binds the
 * plan, and the plan is used up when every group is.
 */
export function parseAgyUsage(printed: string): UsageReading {
  const whole = printedJson(printed);
  if (whole === null)
    return SIGN_IN.test(printed)
      ? failure('signed_out', 'agy asks to sign in: start agy once')
      : failure('unreadable', 'agy printed no report');
  if ((number(whole.num_turns) ?? 0) > 0) return failure('unsupported', 'this agy takes /usage for a prompt');
  const command = record(whole.command);
  if (text(whole.status) !== 'SUCCESS' || text(command?.name) !== 'usage')
    return failure('failed', `agy reported no usage${quoted(text(whole.error) ?? text(whole.response))}`);
  const groups = list(record(command?.data)?.groups).map((each) => bucketsOf(record(each)));
  const windows = groups.flat();
  const isSpent = (group: readonly UsageWindow[]) =>
    group.some(({ remaining_percent }) => remaining_percent === 0);
  return answer({
    windows,
    reached: groups.length > 0 && groups.every(isSpent),
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}

function bucketsOf(group: Json | null): UsageWindow[] {
  const scope = text(group?.name)?.replace(/ models$/i, '') ?? null;
  return list(group?.buckets).flatMap((each) => {
    const bucket = record(each);
    const remaining = fractionLeft(number(bucket?.remaining_fraction));
    if (bucket === null || bucket.disabled === true || remaining === null) return [];
    const kind = KINDS[text(bucket.window) ?? ''] ?? kindOfMinutes(null);
    return [usageWindow({ kind, scope, remaining, resets: bucket.reset_time, confidence: 'observed' })];
  });
}
