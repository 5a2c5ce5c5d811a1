import Type from 'typebox';

/** What another machine may ask of the workers of this one. */
const steeringKinds = ['send', 'answer', 'terminate', 'spawn'] as const;

export const fleet = Type.Object(
  {
    accept: Type.Array(Type.Enum([...steeringKinds]), {
      description:
        'What other machines of the fleet may do with the workers of this one: send, answer, terminate, spawn. Every user who can write to the database of the fleet may do it too.',
      hint: 'a list, for example [send, answer]',
    }),
    leases_offline: Type.Enum(['refuse', 'local'], {
      description:
        'Whether a worker may get a write lease while the database of the fleet cannot be reached: refuse, or local, a lease that only this machine knows.',
    }),
  },
  {
    description:
      'Several machines on one pool: see docs/fleet.md. Without `agentpool fleet join`, none of it applies.',
  },
);
