import Type from 'typebox';
import { noted, nullable, oneOf, text } from '../../lib/shapes.ts';
import { define } from './definition.ts';
import { confidences } from './usage.ts';

export const modelSources = ['cli_detected', 'config', 'default', 'observed', 'unknown'] as const;

export const ModelDescriptor = Type.Object(
  {
    id: noted(Type.String({ minLength: 1 }), 'The word for its model argument.'),
    display_name: nullable(text),
    source: oneOf(modelSources),
    confidence: oneOf(confidences),
    aliases: noted(Type.Array(text), 'Other words that mean the same model today.'),
    metadata: noted(
      Type.Record(Type.String(), Type.Unknown()),
      '`family`, `reasoning {supported[], default}`, `service_tiers[]`, `deprecated`, and whatever a user adds.',
    ),
  },
  { title: 'Model', description: 'A model as an agent is told to use it.' },
);
export type ModelDescriptor = Type.Static<typeof ModelDescriptor>;

/** Events of the streams `provider/<provider>`. */
export const providerEvents = {
  'provider.models_listed': define(
    1,
    'An agent said which models it takes, and it was not what it had said before.',
    Type.Object({
      provider_id: Type.String(),
      models: noted(Type.Array(ModelDescriptor), 'As `agentpool models --json` tells each.'),
    }),
  ),
};
