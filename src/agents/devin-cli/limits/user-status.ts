import { ask, utf8 } from '../../contract/limits/http.ts';
import {
  answer,
  failure,
  NO_LIMITS,
  type UsageReading,
  type UsageSource,
  usageWindow,
} from '../../contract/limits/reading.ts';
import { number, parseJson, percentLeft, record, text } from '../../contract/limits/values.ts';
import { DEVIN_SERVICE, type DevinLogin, devinLogin } from './login.ts';

const SERVICE = '/exa.seat_management_pb.SeatManagementService/GetUserStatus';
/** The service wants an editor-shaped client; this is the version that the open clients name. */
const CLIENT = '1.108.2';

/** What the CLI's own /usage view asks (read in the source of openusage): observed, over the network. */
export const devinUserStatus: UsageSource = {
  id: 'devin-user-status',
  ...DEVIN_SERVICE,
  async read(context) {
    const login = await devinLogin(context);
    if ('answered' in login) return login;
    return ask(context, question(login), (body) => parseDevinUserStatus(utf8(body)));
  },
};

const question = (login: DevinLogin) => ({
  url: `${login.server}${SERVICE}`,
  method: 'POST' as const,
  headers: {
    'content-type': 'application/json',
    accept: 'application/json',
    'connect-protocol-version': '1',
  },
  body: JSON.stringify({
    metadata: {
      apiKey: login.key,
      ideName: 'devin',
      ideVersion: CLIENT,
      extensionName: 'devin',
      extensionVersion: CLIENT,
      locale: 'en',
    },
  }),
});

export function parseDevinUserStatus(body: string): UsageReading {
  const status = record(record(record(parseJson(body))?.userStatus)?.planStatus);
  return status ? readDevinPlan(status) : failure('unreadable', 'the answer holds no plan status');
}

/**
 * A plan status. proto3 leaves zeros out, so a missing percentage next to its reset time means 0 left; without a
 * reset time it means that the plan has no such window.
 */
export function readDevinPlan(status: Record<string, unknown>): UsageReading {
  const info = record(status.planInfo);
  const windows = (['daily', 'weekly'] as const).flatMap((kind) => {
    if (kind === 'daily' && info?.hideDailyQuota === true) return [];
    const resets = number(status[`${kind}QuotaResetAtUnix`]) || null;
    const given = status[`${kind}QuotaRemainingPercent`];
    const remaining = given === undefined && resets !== null ? 0 : percentLeft(given);
    if (remaining === null && resets === null) return [];
    return [usageWindow({ kind, remaining, resets, confidence: 'observed' })];
  });
  const micros = number(status.overageBalanceMicros);
  const balance = micros === null ? null : Math.max(0, micros) / 1_000_000;
  return answer({
    windows,
    plan: text(info?.planName),
    credits_remaining: balance,
    overage: (balance ?? 0) > 0,
    warnings: windows.length === 0 ? [NO_LIMITS] : [],
  });
}
