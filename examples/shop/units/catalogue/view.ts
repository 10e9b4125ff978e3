/**
 * What the catalogue keeps to itself, and how it searches and sorts. No Vue in here.
 */
import { defineState, StateScope } from 'danji';
import type { Assortment, Product } from '../../products.ts';
import type { CatalogueFilter } from '../../state.ts';

export const sortings = {
  shelf: 'As on the shelf',
  'price-up': 'Price, low to high',
  'price-down': 'Price, high to low',
  rating: 'Best rated',
  name: 'Name, A to Z',
} as const;
export type Sorting = keyof typeof sortings;

interface CatalogueView {
  sorting: Sorting;
  /** The product whose details are open. */
  open: string | null;
  /** Looked at lately, newest first. */
  recent: string[];
}

/** Private: two tabs share the search, but each reader's eyes are their own. */
export const viewState = defineState({
  key: 'catalogue.view',
  scope: StateScope.PRIVATE,
  default: { sorting: 'shelf', open: null, recent: [] } as CatalogueView,
});

export const recentMax = 6;

/** Opens a product's details, or closes them, and remembers what was looked at. */
export function opened(view: CatalogueView, id: string): CatalogueView {
  if (view.open === id) return { ...view, open: null };
  const others = view.recent.filter((each) => each !== id);
  return { ...view, open: id, recent: [id, ...others].slice(0, recentMax) };
}

const orders: Record<Sorting, ((a: Product, b: Product) => number) | null> = {
  shelf: null,
  'price-up': (a, b) => a.priceCents - b.priceCents,
  'price-down': (a, b) => b.priceCents - a.priceCents,
  rating: (a, b) => b.rating - a.rating || b.reviews - a.reviews,
  name: (a, b) => a.name.localeCompare(b.name, 'en'),
};

/** Case, accents and signs don't count: `saute` finds `Enamel sauté pan`. */
function folded(text: string): string {
  const plain = text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, ' ').trim();
}

const searchTexts = new WeakMap<Product, string>();

function searchText(product: Product): string {
  let text = searchTexts.get(product);
  if (text === undefined) {
    text = ` ${folded(`${product.name} ${product.description} ${product.category}`)}`;
    searchTexts.set(product, text);
  }
  return text;
}

/** Every product in which a word begins with each of the query's, before the category counts. */
export function matching(assortment: Assortment, query: string): readonly Product[] {
  const words = folded(query).split(' ').filter(Boolean);
  if (words.length === 0) return assortment.products;
  return assortment.products.filter((product) => {
    const text = searchText(product);
    return words.every((word) => text.includes(` ${word}`));
  });
}

export function shelved(
  found: readonly Product[],
  category: CatalogueFilter['category'],
  sorting: Sorting,
): readonly Product[] {
  const shown = category === null ? found : found.filter((each) => each.category === category);
  const order = orders[sorting] ?? null;
  return order === null ? shown : [...shown].sort(order);
}
