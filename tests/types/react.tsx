// The React hooks: tuples like useState's, typed by the handle.
import {
  UnitProvider,
  useContainerEvent,
  useSharedSelector,
  useSharedState,
  useUnit,
  type SetSharedState,
} from 'danji/react';
import type { StateMetadata, UnifiedStateManager, UnitStateStore } from 'danji';
import { cart, look, same, type Cart, type Look, type Same } from './states.js';

declare const store: UnitStateStore;
declare const manager: UnifiedStateManager;

export function State() {
  const [value, setCart, meta] = useSharedState(cart);
  same<Same<typeof value, Cart>>();
  same<Same<typeof setCart, SetSharedState<Cart>>>();
  same<Same<typeof meta, StateMetadata>>();
  setCart({ items: [], total: 0, note: '' });
  setCart((previous) => ({ ...previous, total: previous.total + 1 }));
  // @ts-expect-error the value has another type
  setCart('dark');
  // @ts-expect-error the updater returns another type
  setCart((previous) => previous.total);
  // @ts-expect-error there is no fourth item
  useSharedState(cart)[3];

  const [, setLook] = useSharedState(look, { unit: store });
  setLook('dark');
  // @ts-expect-error not one of the looks
  setLook('sepia');
  // @ts-expect-error a handle has its own default
  useSharedState(look, 'dark');
  // @ts-expect-error there is no such option
  useSharedState(look, { often: true });
  // @ts-expect-error a definition is not a handle
  useSharedState({ key: 'look', scope: 'global', default: 'light' });

  // Nothing that is returned must be waited for: it fits a handler and an effect.
  const nothing = setLook('light');
  same<Same<typeof nothing, void>>();
  return <p title={meta.updatedBy ?? ''}>{value.total}</p>;
}

export function StringKeys() {
  const [count, setCount] = useSharedState('count', 0);
  same<Same<typeof count, number>>();
  setCount((previous) => previous + 1);
  // @ts-expect-error the value has another type
  setCount('one');
  // @ts-expect-error a string key needs a default
  useSharedState('count');

  const [chosen] = useSharedState<Look>('chosen look', 'light');
  same<Same<typeof chosen, Look>>();
  // @ts-expect-error not one of the looks
  useSharedState<Look>('chosen look', 'sepia');

  const [language, setLanguage] = useSharedState('language', 'ko', { unit: store });
  same<Same<typeof language, 'ko' | 'en'>>();
  setLanguage('en');
  // @ts-expect-error not one of the languages
  setLanguage('fr');
  // @ts-expect-error the registry says what the key's value is
  useSharedState('language', 42);
  return null;
}

export function Selectors() {
  const total = useSharedSelector(cart, (value) => value.total);
  same<Same<typeof total, number>>();
  const summary = useSharedSelector(
    cart,
    ({ items, total }) => ({ lines: items.length, total }),
    (a, b) => a.lines === b.lines,
  );
  same<Same<typeof summary, { lines: number; total: number }>>();
  const letters = useSharedSelector('language', (language) => language.length);
  same<Same<typeof letters, number>>();
  // @ts-expect-error no such field
  useSharedSelector(cart, (value) => value.weight);
  // @ts-expect-error the equality compares another type
  useSharedSelector(cart, (value) => value.total, (a: string, b: string) => a === b);
  return null;
}

export function Events() {
  const openCart = useContainerEvent<{ from: string }>('cart:open', ({ from }, source) => {
    same<Same<typeof from, string>>();
    same<Same<typeof source, string>>();
  });
  openCart({ from: 'badge' }, { scope: 'global', tabs: true });
  // @ts-expect-error the event carries something else
  openCart({ to: 'badge' });
  useContainerEvent('cart:open', (data) => same<Same<typeof data, unknown>>(), [openCart]);
  return null;
}

export function Providers() {
  const unit = useUnit();
  same<Same<typeof unit, UnitStateStore>>();
  return (
    <UnitProvider unitId="shell" building="mall" apartment="shop" manager={manager}>
      <UnitProvider unit={store}>
        <State />
      </UnitProvider>
      {/* @ts-expect-error a unit has a name or is a store */}
      <UnitProvider />
      {/* @ts-expect-error not both */}
      <UnitProvider unitId="shell" unit={store} />
      {/* @ts-expect-error a store has its building already */}
      <UnitProvider unit={store} building="mall" />
    </UnitProvider>
  );
}
