// Who hears of a write that was refused after it was shown: whoever listens to its promise, else
// the manager's onError, never both.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openTabs } from './fake-tabs.js';
import { rejection, test } from './harness.js';

const cart = defineState({ key: 'cart', scope: 'apartment', default: [] });
const total = defineState({ key: 'total', scope: 'apartment', default: 0 });

/** A tab whose writes wait for a decision, and an end that refuses them all. */
function openUndecided(t) {
  const world = openTabs(t);
  const { unit, manager, errors } = world.open();
  const refuseAll = async () => {
    await manager.close();
    await world.advance(10);
    return errors.map(({ code }) => code);
  };
  return { unit, manager, refuseAll };
}

const ways = {
  await: async (promise) => {
    await promise;
  },
  then: (promise) => promise.then(() => {}, (error) => Promise.reject(error)),
  catch: (promise) => promise.catch((error) => Promise.reject(error)),
  finally: (promise) => promise.finally(() => {}),
  'Promise.all': (promise) => Promise.all([promise]),
  'an async function that returns it': async (promise) => promise,
};

for (const [way, listen] of Object.entries(ways)) {
  test(`who listens to a refused write by ${way} is the only one to hear`, async (t) => {
    const { unit, refuseAll } = openUndecided(t);
    const heard = rejection('CLOSED', listen(unit.setState(cart, ['tea'])));
    const told = await refuseAll();
    await heard;
    assert.deepEqual(told, []);
  });
}

test('a refused write that nobody listens to is told to onError', async (t) => {
  const { unit, refuseAll } = openUndecided(t);
  unit.setState(cart, ['tea']);
  unit.setState(total, 1);
  assert.deepEqual(await refuseAll(), ['CLOSED', 'CLOSED']);
});

test('who does not wait for the decision leaves a refusal to onError', async (t) => {
  const { unit, refuseAll } = openUndecided(t);
  const receipt = await unit.setState(cart, ['tea'], { wait: 'local' });
  assert.equal(receipt.applied, 'local');
  assert.deepEqual(await refuseAll(), ['CLOSED']);
});

test('a listener may come as late as the end of the task in which a write was refused', async (t) => {
  const { unit, manager, refuseAll } = openUndecided(t);
  const promise = unit.setState(cart, ['tea']);
  void manager.close();
  for (let i = 0; i < 20; i++) await undefined;
  await rejection('CLOSED', promise);
  assert.deepEqual(await refuseAll(), []);
});

test('of a refused batch onError hears once for each op to which nobody listens', async (t) => {
  const { unit, manager, refuseAll } = openUndecided(t);
  const header = manager.createUnitStateStore('header');
  let heard;
  unit.batch(() => {
    unit.setState(cart, ['tea']);
    heard = rejection('CLOSED', unit.setState(total, 1));
    unit.batch(() => unit.setState(cart, ['milk']));
    header.setState(total, 2);
  });
  const told = await refuseAll();
  await heard;
  assert.deepEqual(told, ['CLOSED']);
});

test('what a batch took back is told by its throw alone', async (t) => {
  const { unit, refuseAll } = openUndecided(t);
  assert.throws(() =>
    unit.batch(() => {
      unit.setState(cart, ['tea']);
      throw new Error('changed my mind');
    }),
  );
  assert.deepEqual(await refuseAll(), []);
});

test('what is made of a promise is an ordinary promise', async (t) => {
  const { unit, refuseAll } = openUndecided(t);
  const promise = unit.setState(cart, ['tea']);
  assert.ok(promise instanceof Promise);
  assert.equal(promise.catch(() => {}).constructor, Promise);
  await refuseAll();
});
