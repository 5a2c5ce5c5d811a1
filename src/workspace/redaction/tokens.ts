import type { Detector, Reading } from './detector.ts';
import { NOTHING } from './detector.ts';
import { isMasked } from './values.ts';
import type { CharSet } from './view.ts';
import { ALNUM, BASE64, readRun, startsWord, UPPER_DIGITS, WORD, WORD_DASH, WORD_DASH_DOT } from './view.ts';

/** A secret that its first letters identify. Lengths count the characters after the start. */
interface TokenRule {
  rule: string;
  starts: readonly string[];
  body: CharSet;
  min: number;
  /** The known total length: a token of this length does not continue in the next row. */
  full?: number;
  accept?: (body: string) => boolean;
}

const hasRun = (body: string) => /[A-Za-z0-9_]{16}/.test(body);

/** Prefixes and lengths as their issuers document them (GitHub, GitLab, npm, AWS, ... token format pages). */
export const TOKEN_RULES: readonly TokenRule[] = [
  {
    rule: 'aws-access-key-id',
    starts: ['AKIA', 'ASIA', 'ABIA', 'ACCA', 'A3T'],
    body: UPPER_DIGITS,
    min: 16,
    full: 16,
    accept: (body) => body.length <= 17,
  },
  { rule: 'github-token', starts: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], body: WORD, min: 30, full: 36 },
  { rule: 'github-token', starts: ['github_pat_'], body: WORD, min: 30, full: 82 },
  {
    rule: 'gitlab-token',
    starts: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'gloas-', 'glsoat-', 'glft-'],
    body: WORD_DASH_DOT,
    min: 20,
  },
  { rule: 'npm-token', starts: ['npm_'], body: ALNUM, min: 36, full: 36 },
  { rule: 'hugging-face-token', starts: ['hf_', 'api_org_'], body: ALNUM, min: 30, full: 34 },
  { rule: 'anthropic-key', starts: ['sk-ant-'], body: WORD_DASH, min: 20, full: 101 },
  {
    rule: 'openai-key',
    starts: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'],
    body: WORD_DASH,
    min: 20,
    full: 156,
  },
  { rule: 'secret-key', starts: ['sk-'], body: WORD_DASH, min: 20, accept: hasRun },
  {
    rule: 'stripe-key',
    starts: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'],
    body: ALNUM,
    min: 16,
  },
  { rule: 'google-api-key', starts: ['AIza'], body: WORD_DASH, min: 35, full: 35 },
  { rule: 'google-oauth', starts: ['ya29.', 'GOCSPX-'], body: WORD_DASH, min: 20 },
  {
    rule: 'slack-token',
    starts: [
      'xoxa-',
      'xoxb-',
      'xoxc-',
      'xoxd-',
      'xoxe-',
      'xoxe.',
      'xoxo-',
      'xoxp-',
      'xoxr-',
      'xoxs-',
      'xapp-',
    ],
    body: WORD_DASH_DOT,
    min: 10,
  },
  {
    rule: 'slack-webhook',
    starts: ['hooks.slack.com/services/'],
    body: BASE64,
    min: 30,
  },
  {
    rule: 'jwt',
    starts: ['eyJ'],
    body: WORD_DASH_DOT,
    min: 20,
    accept: (body) => /^[\w-]{8,}\.[\w-]{4,}\.[\w.-]*$/.test(body),
  },
  { rule: 'pypi-token', starts: ['pypi-AgEI'], body: WORD_DASH, min: 50 },
  { rule: 'docker-token', starts: ['dckr_pat_', 'dckr_oat_'], body: WORD_DASH, min: 20 },
  {
    rule: 'sendgrid-key',
    starts: ['SG.'],
    body: WORD_DASH_DOT,
    min: 60,
    full: 66,
    accept: (body) => /^[\w-]{20,}\.[\w-]{40,}$/.test(body),
  },
  { rule: 'digitalocean-token', starts: ['dop_v1_', 'doo_v1_', 'dor_v1_'], body: ALNUM, min: 64, full: 64 },
  { rule: 'shopify-token', starts: ['shpat_', 'shpca_', 'shppa_', 'shpss_'], body: ALNUM, min: 32, full: 32 },
  { rule: 'atlassian-token', starts: ['ATATT3'], body: WORD_DASH, min: 60 },
  {
    rule: 'api-key',
    starts: ['gsk_', 'xai-', 'pplx-', 'r8_', 'tvly-', 'lin_api_', 'figd_', 'fk-'],
    body: WORD_DASH,
    min: 30,
    accept: (body) => hasRun(body) && /\d/.test(body),
  },
  { rule: 'age-secret-key', starts: ['AGE-SECRET-KEY-1'], body: UPPER_DIGITS, min: 58, full: 58 },
];

/** The longest token known (an RS256 JWT with many claims) is well below. */
const MAX_LENGTH = 8192;

export const tokenDetectors: readonly Detector[] = TOKEN_RULES.map((rule) => ({
  starts: rule.starts.map((start) => start.toLowerCase()),
  // Prefixes are case-sensitive: `Sk-` or `akia` is no token.
  mayBeCut: (view, at, cut) => isAt(view.flat.slice(at, cut), rule.starts) && mayStart(view, at, rule),
  read(view, at, start): Reading {
    if (!rule.starts.includes(view.flat.slice(at, at + start.length)) || !mayStart(view, at, rule))
      return NOTHING;
    const from = at + start.length;
    const run = readRun(view, from, rule.body, {
      min: rule.min,
      full: rule.full ?? MAX_LENGTH,
      max: MAX_LENGTH,
    });
    const body = view.flat.slice(from, run.end).replace(/\.{1,3}$/, '');
    const found = body.length >= rule.min && !isMasked(body) && (rule.accept?.(body) ?? true);
    return found
      ? { finding: { rule: rule.rule, from: at, to: from + body.length }, open: run.open }
      : { open: run.open, barrenTo: run.end };
  },
}));

const isAt = (head: string, starts: readonly string[]) => starts.some((start) => start.startsWith(head));

/** A token starts a word; `sk-` after a dash is the middle of a class name such as `x-sk-loader`. */
function mayStart(view: Parameters<typeof startsWord>[0], at: number, rule: TokenRule): boolean {
  if (!startsWord(view, at)) return false;
  return rule.rule !== 'secret-key' || view.breaks[at] !== 0 || view.flat[at - 1] !== '-';
}
