// What an operation costs while something grows: entries, listeners, units, tabs. The sizes of one
// curve take turns. At the end of each size what was set has to be there; else the run fails.
import { fileURLToPath } from 'node:url';
import { sampleInTurns } from '../samples.mjs';

export const axes = ['entries', 'listeners', 'units', 'tabs'];

export const thorough = { rounds: 5, warmMillis: 200, sampleMillis: 60 };
export const quick = { rounds: 3, warmMillis: 50, sampleMillis: 20, isQuick: true };

const file = fileURLToPath(new URL('measure.mjs', import.meta.url));
const execArgv = ['--max-old-space-size=6144'];

export const axisOf = (axis) => import(`./axes/${axis}.mjs`);

/** Median nanoseconds of one operation of a curve: a list of { size, nanos }. */
export async function measureCurve(axis, curve, effort) {
  const { sizes, quickSizes, curves } = await axisOf(axis);
  const { sizeMost = Infinity } = curves[curve];
  const wanted = (effort.isQuick ? quickSizes : sizes).filter((size) => size <= sizeMost);
  const subjects = wanted.map((size) => ({
    name: String(size), file, args: [axis, curve, String(size)], execArgv,
  }));
  const nanos = await sampleInTurns(subjects, effort);
  return wanted.map((size) => ({ size, nanos: nanos[size] }));
}
