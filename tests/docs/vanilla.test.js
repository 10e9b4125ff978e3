// The examples without a framework, in Node as it is.
import { stripTypeScript } from './compile.js';
import { withAssertions } from './expectations.js';
import { testExamples } from './run.js';

testExamples('vanilla', async (example) => {
  const code = withAssertions(example.code);
  return example.language === 'ts' ? stripTypeScript(code) : code;
});
