// A subject that is measured in a process of its own. samples.mjs starts it and says when to run:
//
//   { warm: millis }     run until warmed up, and find out how many times fill a sample
//   { sample: millis }   run for about so long and answer { nanosEach }
//   { finish: true }     check that the work was done, and answer { passed: true }
//
// Times are CPU time of all threads of this process: garbage collection counts, and what else the
// machine is busy with does not.

function cpuMillis() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Answers for `subject`, which runs, may have to rest untimed, checks its work and closes. */
export function answerFor(subject) {
  let nanosEach = 1000;

  /** Runs `times` times; a scenario may say that it ran more often. */
  async function timed(times) {
    const start = cpuMillis();
    const ran = subject.run(times);
    const done = (ran instanceof Promise ? await ran : ran) ?? times;
    const nanos = ((cpuMillis() - start) * 1e6) / done;
    await subject.rest?.();
    return nanos;
  }

  const timesFor = (millis) => Math.max(Math.round((millis * 1e6) / Math.max(nanosEach, 1)), 1);

  async function warm(millis) {
    const end = cpuMillis() + millis;
    for (let times = 16; cpuMillis() < end; times = timesFor(10)) {
      nanosEach = await timed(times);
    }
  }

  async function answer({ warm: warmMillis, sample, finish }) {
    if (warmMillis !== undefined) {
      await warm(warmMillis);
      return { warmed: true };
    }
    if (sample !== undefined) {
      globalThis.gc();
      return { nanosEach: await timed(timesFor(sample)) };
    }
    if (finish) {
      await subject.check();
      await subject.close();
      return { passed: true };
    }
    return {};
  }

  process.on('message', async (message) => {
    try {
      process.send(await answer(message));
    } catch (error) {
      process.send({ failed: error.message });
    }
    if (message.finish) process.disconnect();
  });
  process.send({ ready: true });
}
