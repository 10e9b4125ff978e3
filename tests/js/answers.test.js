// What a listener writes in answer to another tab, and how many frames that takes.
import assert from 'node:assert/strict';
import { defineState } from 'danji';
import { openTabs } from './fake-tabs.js';
import { test } from './harness.js';

const question = defineState({ key: 'question', scope: 'apartment', default: 0 });
const answer = defineState({ key: 'answer', scope: 'apartment', default: 0 });

test('an answer leaves in the frame of the decision that it waited for', async (t) => {
  const world = openTabs(t);
  const [leader, follower] = [world.open(), world.open()];
  for (const key of [question, answer]) leader.unit.getState(key);
  await world.settle();
  const heard = new Promise((resolve) => leader.unit.subscribe(question, resolve));
  const answered = heard.then((value) => void leader.unit.setState(answer, value + 1));
  const before = leader.sent.length;

  follower.unit.setState(question, 1);
  await world.settle();
  await answered;
  await world.settle();

  assert.equal(follower.unit.getState(answer), 2);
  assert.equal(leader.sent.length - before, 1);
});
