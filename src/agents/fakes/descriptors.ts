import { FAKE_IDS } from '../../config/provider-ids.ts';
import {
  COMMON_CAPABILITIES,
  COMMON_SETTINGS,
  model,
  type ProviderDescriptor,
} from '../contract/descriptor.ts';

/** Our own programs: always there, signed in to nothing, of one model. */
export const fakeDescriptors: readonly ProviderDescriptor[] = FAKE_IDS.map((id) => ({
  id,
  display_name: `Fake agent: ${id.slice('fake-'.length)}`,
  vendor: 'AgentPool',
  harness: 'fake',
  install: null,
  sign_in: null,
  commands: [],
  version_args: [],
  capabilities: [...COMMON_CAPABILITIES, 'supports_one_shot_mode'],
  auth: null,
  model_list: null,
  settings: {
    ...COMMON_SETTINGS,
    model_arg: null,
    default_model: 'fake',
    smoke_model: 'fake',
    catalog_completeness: 'complete',
  },
  models: [model('fake', { display_name: 'Fake', source: 'config', confidence: 'local_config' })],
}));
