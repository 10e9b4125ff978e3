// One library in one scenario, in a process of its own:
//
//   node --expose-gc drive.mjs <adapter> <scenario> <effort as JSON>
//
// It answers with what was measured, or with {failed}.
const [adapter, scenario, effort] = process.argv.slice(2);

async function measure() {
  try {
    const { run } = await import(`./scenarios/${scenario}.mjs`);
    return await run(await import(`./adapters/${adapter}.mjs`), JSON.parse(effort));
  } catch (error) {
    return { failed: error.stack };
  }
}

process.send(await measure(), () => process.exit(0));
