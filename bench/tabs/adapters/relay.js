// The floor: a Map, a BroadcastChannel and an IndexedDB, each as the browser has it.
function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase() {
  const request = indexedDB.open('relay', 1);
  request.onupgradeneeded = () => request.result.createObjectStore('entries');
  return asked(request);
}

export async function open({ keeps }) {
  const channel = new BroadcastChannel('relay');
  const values = new Map();
  const listeners = new Map();
  const take = (key, value) => {
    values.set(key, value);
    listeners.get(key)?.(value);
  };
  channel.onmessage = ({ data: [key, value] }) => take(key, value);
  const database = keeps ? await openDatabase() : null;
  const put = (entries) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction('entries', 'readwrite');
      const store = transaction.objectStore('entries');
      for (const [key, value] of entries) store.put(value, key);
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
    });
  return {
    get: (key) => values.get(key),
    set(key, value) {
      take(key, value);
      channel.postMessage([key, value]);
    },
    subscribe: (key, listener) => void listeners.set(key, listener),
    fill: put,
    keep: (key, value) => put([[key, value]]),
    read: (key) => asked(database.transaction('entries').objectStore('entries').get(key)),
  };
}
