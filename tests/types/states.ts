// The states that the type tests talk about, and how they say what they expect.
//
// Nothing here runs: `tsc -p tests/types` reads the declarations that users get. A line below
// `@ts-expect-error` must not compile; everything else must.
import { defineState, StateScope } from 'danji';

/** True only when the two types are the same; `any` is the same as nothing but itself. */
export type Same<A, B> =
  (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/** `same<Same<typeof value, number>>()` compiles when the type is what it should be. */
export declare function same<Claim extends true>(): Claim;

export interface Item {
  name: string;
  price: number;
}

export interface Cart {
  items: Item[];
  total: number;
  note: string;
}

export type Look = 'light' | 'dark';

const emptyCart: Cart = { items: [], total: 0, note: '' };

export const cart = defineState({
  key: 'cart',
  scope: StateScope.APARTMENT_SHARED,
  default: emptyCart,
});

export const look = defineState({
  key: 'look',
  scope: StateScope.GLOBAL_SHARED,
  default: (): Look => 'light',
});

export interface Settings {
  look: Look;
  size: number;
  tags: string[];
  page: { side: 'left' | 'right' };
}

const firstSettings: Settings = { look: 'light', size: 1, tags: [], page: { side: 'left' } };

export const settings = defineState({
  key: 'settings',
  scope: StateScope.PRIVATE,
  default: firstSettings,
});

declare module 'danji' {
  interface StateRegistry {
    language: 'ko' | 'en';
  }
}
