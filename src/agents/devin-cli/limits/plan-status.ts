import { BinaryReader, BinaryWriter, type WireType } from '@bufbuild/protobuf/wire';
import { ask } from '../../contract/limits/http.ts';
import { failure, type UsageReading, type UsageSource } from '../../contract/limits/reading.ts';
import { DEVIN_SERVICE, devinLogin } from './login.ts';
import { readDevinPlan } from './user-status.ts';

const SERVICE = '/exa.seat_management_pb.SeatManagementService/GetPlanStatus';

/** The lighter question of the same service, in protobuf: asked when the JSON one is refused. Observed. */
export const devinPlanStatus: UsageSource = {
  id: 'devin-plan-status',
  ...DEVIN_SERVICE,
  async read(context) {
    const login = await devinLogin(context);
    if ('answered' in login) return login;
    const headers = {
      'content-type': 'application/proto',
      accept: 'application/proto',
      'connect-protocol-version': '1',
      'x-auth-token': login.key,
      'x-devin-session-token': login.key,
    };
    // GetPlanStatusRequest { string auth_token = 1; }
    const body = new BinaryWriter()
      .tag(1, 2 satisfies WireType.LengthDelimited)
      .string(login.key)
      .finish();
    return ask(
      context,
      { url: `${login.server}${SERVICE}`, method: 'POST', headers, body },
      parseDevinPlanStatus,
    );
  },
};

/** Field numbers of PlanStatus, as the open clients read them; unknown fields are skipped. */
const STATUS: Record<number, string> = {
  14: 'dailyQuotaRemainingPercent',
  15: 'weeklyQuotaRemainingPercent',
  16: 'overageBalanceMicros',
  17: 'dailyQuotaResetAtUnix',
  18: 'weeklyQuotaResetAtUnix',
};
const PLAN_NAME = 2;
const HIDE_DAILY = 36;

/** GetPlanStatusResponse { PlanStatus plan_status = 1 { PlanInfo plan_info = 1; ... } }. */
export function parseDevinPlanStatus(body: Uint8Array): UsageReading {
  try {
    const status = fieldsOf(body).find(({ field }) => field === 1);
    if (!(status?.value instanceof Uint8Array))
      return failure('unreadable', 'the answer holds no plan status');
    const found: Record<string, unknown> = {};
    for (const { field, value } of fieldsOf(status.value)) {
      const name = STATUS[field];
      if (name !== undefined && typeof value === 'number') found[name] = value;
      if (field === 1 && value instanceof Uint8Array) found.planInfo = planInfo(value);
    }
    return readDevinPlan(found);
  } catch {
    return failure('unreadable', 'the answer is not the protobuf that was expected');
  }
}

function planInfo(bytes: Uint8Array): Record<string, unknown> {
  const fields = fieldsOf(bytes);
  const name = fields.find(({ field }) => field === PLAN_NAME)?.value;
  return {
    planName: name instanceof Uint8Array ? new TextDecoder().decode(name) : null,
    hideDailyQuota: fields.some(({ field, value }) => field === HIDE_DAILY && value === 1),
  };
}

interface Field {
  field: number;
  value: number | Uint8Array;
}

/** The varints and the length-delimited fields of a message. Throws on bytes that are no message. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const reader = new BinaryReader(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type === 0) fields.push({ field, value: Number(reader.int64()) });
    else if (type === 2) fields.push({ field, value: reader.bytes() });
    else reader.skip(type, field);
  }
  return fields;
}
