// Undoes what a test set up, the last first: components go before the manager they use.
// node:test alone would run them in the order in which they were registered.

const stacks = new WeakMap();

export function cleanup(t, undo) {
  const stack = stacks.get(t) ?? [];
  if (stack.length === 0) {
    stacks.set(t, stack);
    t.after(async () => {
      while (stack.length > 0) await stack.pop()();
    });
  }
  stack.push(undo);
}
