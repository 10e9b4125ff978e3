// The Vue composables: refs, typed by the handle.
import {
  createDanji,
  provideUnit,
  useContainerEvent,
  useSharedRef,
  useSharedSelector,
  useSharedState,
  useUnit,
} from 'danji/vue';
import { createApp, type Ref } from 'vue';
import type { StateMetadata, UnifiedStateManager, UnitStateStore } from 'danji';
import { cart, look, same, type Cart, type Look, type Same } from './states.js';

declare const store: UnitStateStore;
declare const manager: UnifiedStateManager;

const { state, updateState, metadata } = useSharedState(cart);
same<Same<typeof state.value, Cart>>();
same<Same<typeof metadata.value, StateMetadata>>();
updateState({ items: [], total: 0, note: '' });
updateState((previous) => ({ ...previous, total: previous.total + 1 }));
// @ts-expect-error the value has another type
updateState('dark');
// @ts-expect-error the updater returns another type
updateState((previous) => previous.total);
// @ts-expect-error the ref is to look at; `updateState` or `useSharedRef` write
state.value = { items: [], total: 0, note: '' };
// @ts-expect-error a handle has its own default
useSharedState(look, 'dark');
// @ts-expect-error a definition is not a handle
useSharedState({ key: 'look', scope: 'global', default: 'light' });

const { state: count, updateState: setCount } = useSharedState('count', 0, { unit: store });
same<Same<typeof count.value, number>>();
// @ts-expect-error the value has another type
setCount('one');
// @ts-expect-error a string key needs a default
useSharedState('count');
const { state: language } = useSharedState('language', 'ko');
same<Same<typeof language.value, 'ko' | 'en'>>();
// @ts-expect-error the registry says what the key's value is
useSharedState('language', 42);

const model = useSharedRef(look);
same<Same<typeof model.value, Look>>();
const fitsModel: Ref<Look> = model;
model.value = 'dark';
// @ts-expect-error not one of the looks
model.value = 'sepia';
const chosen = useSharedRef<Look>('chosen look', 'light', { unit: store });
same<Same<typeof chosen.value, Look>>();
// @ts-expect-error the registry says what the key's value is
useSharedRef('language', 42);

const total = useSharedSelector(cart, (value) => value.total);
same<Same<typeof total.value, number>>();
// @ts-expect-error no such field
useSharedSelector(cart, (value) => value.weight);
// @ts-expect-error a selection is to look at
total.value = 3;

const openCart = useContainerEvent<{ from: string }>('cart:open', ({ from }, source) => {
  same<Same<typeof from, string>>();
  same<Same<typeof source, string>>();
});
openCart({ from: 'badge' }, { tabs: true });
// @ts-expect-error the event carries something else
openCart({ to: 'badge' });

const app = createApp({});
app.use(createDanji({ unitId: 'catalogue', building: 'mall', manager }));
app.use(createDanji({ unit: store }));
// @ts-expect-error a unit has a name or is a store
createDanji({ building: 'mall' });
// @ts-expect-error not both
provideUnit({ unitId: 'search', unit: store });
const unit = provideUnit({ unitId: 'search' });
same<Same<typeof unit, UnitStateStore>>();
const near = useUnit();
same<Same<typeof near, UnitStateStore>>();
