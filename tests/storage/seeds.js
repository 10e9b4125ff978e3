// Seeds for the laws: other ones each time, or the one of `DANJI_SEED=123`.
import { randomInt } from 'node:crypto';

export function seedsOf(t, count) {
  const given = process.env.DANJI_SEED;
  if (given !== undefined) return [Number(given)];
  const first = randomInt(2 ** 31);
  t.diagnostic(`DANJI_SEED=${first} to ${first + count - 1}`);
  return Array.from({ length: count }, (_, place) => first + place);
}
