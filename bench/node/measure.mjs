// One library in one scenario, in a process of its own:
//
//   node --expose-gc measure.mjs <adapter> <scenario>
import { answerFor } from '../answering.mjs';

const [adapter, scenario] = process.argv.slice(2);
const { open } = await import(`./adapters/${adapter}.mjs`);
const { prepare } = await import(`./scenarios/${scenario}.mjs`);
answerFor(prepare(open));
