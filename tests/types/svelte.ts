// The Svelte stores and runes, typed by the handle.
import {
  createSharedStore,
  provideUnit,
  sharedState,
  useContainerEvent,
  useSharedSelector,
  useSharedState,
  useUnit,
} from 'danji/svelte';
import type { Readable, Writable } from 'svelte/store';
import type { StateMetadata, UnifiedStateManager, UnitStateStore } from 'danji';
import { cart, look, same, type Cart, type Look, type Same } from './states.js';

declare const store: UnitStateStore;
declare const manager: UnifiedStateManager;

const basket = createSharedStore(cart);
const fitsStore: Writable<Cart> = basket;
const fitsReadable: Readable<StateMetadata> = basket.metadata;
basket.subscribe((value) => same<Same<typeof value, Cart>>());
basket.set({ items: [], total: 0, note: '' });
basket.update((value) => ({ ...value, total: value.total + 1 }));
// @ts-expect-error the value has another type
basket.set('dark');
// @ts-expect-error the updater returns another type
basket.update((value) => value.total);
// @ts-expect-error a handle has its own default
createSharedStore(look, 'dark');
// @ts-expect-error a string key needs a default
createSharedStore('count');
const count = createSharedStore('count', 0, { unit: store });
count.set(1);
// @ts-expect-error the value has another type
count.set('one');
// @ts-expect-error the registry says what the key's value is
createSharedStore('language', 42);

const shared = sharedState(look, { unit: store });
same<Same<typeof shared.current, Look>>();
same<Same<typeof shared.metadata, StateMetadata>>();
shared.current = 'dark';
// @ts-expect-error not one of the looks
shared.current = 'sepia';
// @ts-expect-error the metadata is to look at
shared.metadata = shared.metadata;
const language = useSharedState('language', 'ko');
same<Same<typeof language.current, 'ko' | 'en'>>();
const chosen = useSharedState<Look>('chosen look', 'light');
same<Same<typeof chosen.current, Look>>();
// @ts-expect-error a definition is not a handle
sharedState({ key: 'look', scope: 'global', default: 'light' });

const total = useSharedSelector(cart, (value) => value.total);
same<Same<typeof total.current, number>>();
// @ts-expect-error no such field
useSharedSelector(cart, (value) => value.weight);
// @ts-expect-error a selection is to look at
total.current = 3;

const openCart = useContainerEvent<{ from: string }>('cart:open', ({ from }, source) => {
  same<Same<typeof from, string>>();
  same<Same<typeof source, string>>();
});
openCart({ from: 'badge' }, { tabs: true });
// @ts-expect-error the event carries something else
openCart({ to: 'badge' });

const unit = provideUnit({ unitId: 'cart', building: 'mall', manager });
same<Same<typeof unit, UnitStateStore>>();
provideUnit({ unit: store });
// @ts-expect-error a unit has a name or is a store
provideUnit({ building: 'mall' });
// @ts-expect-error not both
provideUnit({ unitId: 'cart', unit: store });
const near = useUnit();
same<Same<typeof near, UnitStateStore>>();
