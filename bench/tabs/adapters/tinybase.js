// TinyBase: mergeable stores over a BroadcastChannel, kept in IndexedDB as a whole.
import { createMergeableStore, createStore } from 'tinybase';
import { createIndexedDbPersister } from 'tinybase/persisters/persister-indexed-db';
import {
  createBroadcastChannelSynchronizer,
} from 'tinybase/synchronizers/synchronizer-broadcast-channel';

export async function open({ keeps }) {
  const store = keeps ? createStore() : createMergeableStore();
  const set = (key, value) => void store.setValue(key, value);
  if (!keeps) {
    await createBroadcastChannelSynchronizer(store, 'bench').startSync();
    return {
      set,
      get: (key) => store.getValue(key),
      subscribe: (key, listener) =>
        void store.addValueListener(key, (_store, _key, value) => listener(value)),
    };
  }
  const persister = createIndexedDbPersister(store, 'bench');
  await persister.load();
  return {
    async fill(entries) {
      store.setValues(Object.fromEntries(entries));
      await persister.save();
    },
    async keep(key, value) {
      set(key, value);
      await persister.save();
    },
    read: async (key) => store.getValue(key),
  };
}
