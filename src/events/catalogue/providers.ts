import Type from 'typebox';
import { noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { confidences } from './usage.ts';

export const modelSources = ['cli_detected', 'config', 'default', 'observed', 'unknown'] as const;

export const ModelDescriptor = Type.Object(
  {
    id: noted(Type.String({ minLength: 1 }), 'The value of the model argument.'),
    display_name: nullable(text),
    source: oneOf(modelSources),
    confidence: oneOf(confidences),
    aliases: noted(Type.Array(text), 'Other names for the same model.'),
    metadata: noted(
      Type.Record(Type.String(), Type.Unknown()),
      '`family`, `reasoning {supported[], default}`, `service_tiers[]`, `deprecated`, and keys added by the user.',
    ),
  },
  { title: 'Model', description: 'A model as its agent accepts it.' },
);
export type ModelDescriptor = Type.Static<typeof ModelDescriptor>;

/** Events of the streams `provider/<provider>`. */
export const providerEvents = {
  'provider.models_listed': define(
    1,
    'An agent listed its models, and the list differs from the previous one.',
    Type.Object({
      provider_id: Type.String(),
      models: noted(Type.Array(ModelDescriptor), 'Each as `agentpool models --json` prints it.'),
    }),
  ),
};
