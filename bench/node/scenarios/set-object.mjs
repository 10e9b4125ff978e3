// A new object of ten fields is set, and one listener hears of it.
import assert from 'node:assert/strict';

export const title = 'set an object of ten fields, one listener';

function product(stock) {
  return {
    id: 'sku-20417',
    name: 'Barley tea',
    category: 'pantry',
    price: 4.8,
    stock,
    isNew: false,
    rating: 4.6,
    unit: 'bag',
    origin: 'Boseong',
    updatedAt: 1800000000000,
  };
}

export function prepare(open) {
  const store = open(['product'], product(0));
  let stock = 0;
  let calls = 0;
  let sum = 0;
  store.subscribe(0, (heard) => {
    calls++;
    sum += heard.stock;
  });
  return {
    run(times) {
      for (let i = 0; i < times; i++) store.set(0, product(++stock));
    },
    check() {
      assert.deepEqual(store.read(0), product(stock), 'the last object is not there');
      assert.equal(calls, stock, 'the listener was not called once for each set');
      assert.equal(sum, (stock * (stock + 1)) / 2, 'the listener heard other objects');
    },
    close: () => store.close(),
  };
}
