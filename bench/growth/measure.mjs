// One curve at one size, in a process of its own:
//
//   node --expose-gc measure.mjs <axis> <curve> <size>
import { answerFor } from '../answering.mjs';

const [axis, curve, size] = process.argv.slice(2);
const { curves } = await import(`./axes/${axis}.mjs`);
answerFor(await curves[curve].prepare(Number(size)));
