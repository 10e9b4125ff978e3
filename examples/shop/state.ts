/**
 * The contract between the four units: the states they share, and where each unit lives.
 *
 * Every unit imports this file and is then built alone, so the finished page carries four
 * copies of it and four copies of Danji itself, as it does when four teams ship on four days.
 * They still share one core: the first copy that runs puts the page's kernel on the page, and
 * the others find it there. What must agree is what is written here: key, scope and default.
 *
 * What only one unit uses (`header.about`, `catalogue.view`, `cart.note`, `panel.view`) is
 * private and defined inside that unit.
 *
 * Marks for tests, `data-testid`:
 *   header     badge total theme-toggle open-cart about-toggle about toast
 *   catalogue  search sort category-all category-<category> result-count product-<id> open-<id>
 *              details-<id> add-<id> in-cart-<id> show-more reset-filter recent
 *   cart       cart-bar cart-close cart-line-<id> quantity-<id> inc-<id> dec-<id> remove-<id>
 *              cart-empty cart-note cart-total cart-clear
 *   panel      panel-toggle panel panel-role panel-tabs panel-engine panel-id panel-leader
 *              panel-epoch panel-refused panel-spaces panel-space panel-changes panel-change
 *              panel-seams panel-server panel-waiting panel-network panel-latency panel-retry
 *              panel-outbox panel-outbox-row panel-discard
 */
import { createStateManager, defineState, StateScope } from 'danji';

/** `system` is what nobody has chosen yet: the reader's own setting decides. */
export type Theme = 'system' | 'light' | 'dark';

export interface CatalogueFilter {
  query: string;
  /** A category's id, or null for all of them. */
  category: string | null;
}

export interface Cart {
  /** Quantities by product id, in the order in which they were put in. */
  items: Record<string, number>;
}

/**
 * Whether who served this page also keeps its state: `npm run demo` says so by a mark. Under any
 * other file server the shop lives in the tabs of one browser.
 */
export const hasServer = document.documentElement.dataset['server'] !== undefined;
if (hasServer) createStateManager({ remote: { url: location.origin } });

/** The whole origin: every application of ours in this browser looks the same. */
export const themeState = defineState({
  key: 'theme',
  scope: StateScope.GLOBAL_SHARED,
  default: 'system' as Theme,
  remote: false, // of this browser, not of its reader's others
});

/** One building: a search on the shop floor is no business of the till's. */
export const filterState = defineState({
  key: 'catalogue.filter',
  scope: StateScope.BUILDING_SHARED,
  default: { query: '', category: null } as CatalogueFilter,
  remote: false,
});

/**
 * The apartment: the floor puts things in, the till takes them out, the entrance counts them. With
 * a server it is the same cart in every browser.
 */
export const cartState = defineState({
  key: 'cart',
  scope: StateScope.APARTMENT_SHARED,
  default: { items: {} } as Cart,
});

/** Who lives where. The apartment is this shop; each team has a building in it. */
const apartment = 'market';
export const places = {
  header: { unitId: 'header', building: 'entrance', apartment },
  catalogue: { unitId: 'catalogue', building: 'floor', apartment },
  cart: { unitId: 'cart', building: 'till', apartment },
  panel: { unitId: 'panel', building: 'office', apartment },
} as const;

/** Container events: told to whoever listens now, kept by nobody. */
export const cartAdded = 'cart:added';
export interface CartAdded {
  productId: string;
  name: string;
  quantity: number;
}

/** Said by whoever wants the reader to look at the cart. */
export const cartOpen = 'cart:open';
