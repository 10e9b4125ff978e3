// The contract of the two devices: six shared states, one for each way to settle writes that met.
import { defineState, StateScope } from 'danji';

const scope = StateScope.APARTMENT_SHARED;

export const title = defineState({ key: 'title', scope, default: 'Trip to Jeju' });

export const seat = defineState({
  key: 'window-seat', scope, default: null, conflictResolution: 'first_write_wins',
});

export const host = defineState({
  key: 'host',
  scope,
  default: { name: 'Ms Kang', phone: '064 710 1100', street: '12 Olle-gil' },
  conflictResolution: 'merge',
});

export const likes = defineState({
  key: 'likes', scope, default: 0, conflictResolution: 'sum', sum: { digits: 0, min: 0 },
});

export const plan = defineState({
  key: 'plan',
  scope,
  default: 'Up at six, the crater before the heat, noodles at the harbour.',
  conflictResolution: 'user_resolve',
});

export const tags = defineState({
  key: 'tags', scope, default: ['island'], conflictResolution: 'union',
});

/** The one strategy that Danji does not bring along: what either side has, the list has. */
export const union = {
  resolve: (current, incoming) => ({
    ...incoming,
    value: [...new Set([...current.value, ...incoming.value])],
  }),
};
