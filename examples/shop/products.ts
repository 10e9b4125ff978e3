/**
 * The assortment and the sums over it: plain functions, no state and no framework.
 * Money is counted in whole cents and becomes text only when it is shown.
 */
import type { Cart } from './state.ts';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly unit: string;
  readonly rating: number;
  readonly reviews: number;
  readonly stock: number;
  readonly description: string;
  /** Which picture of artwork.svg, and in which colours. */
  readonly motif: string;
  readonly tone: string;
}

export interface Category {
  readonly id: string;
  readonly name: string;
}

export interface Assortment {
  readonly categories: readonly Category[];
  readonly products: readonly Product[];
  readonly byId: ReadonlyMap<string, Product>;
}

export const noAssortment: Assortment = { categories: [], products: [], byId: new Map() };

/** Each unit asks for itself; the browser's cache makes one download of it. */
export async function loadAssortment(): Promise<Assortment> {
  const answer = await fetch(new URL('products.json', document.baseURI));
  if (!answer.ok) throw new Error(`products.json: ${answer.status} ${answer.statusText}`);
  const { categories, products }: Omit<Assortment, 'byId'> = await answer.json();
  return { categories, products, byId: new Map(products.map((each) => [each.id, each])) };
}

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });

export function price(cents: number): string {
  return euros.format(cents / 100);
}

export interface CartLine {
  readonly id: string;
  readonly quantity: number;
  /** Missing while the assortment loads, and for what the shop no longer sells. */
  readonly product: Product | undefined;
  readonly cents: number;
}

/** What anybody may have written into the cart, as lines one can show and add up. */
export function linesOf(cart: Cart, assortment: Assortment): CartLine[] {
  return Object.entries(cart.items)
    .filter(([, quantity]) => Number.isSafeInteger(quantity) && quantity > 0)
    .map(([id, quantity]) => {
      const product = assortment.byId.get(id);
      return { id, quantity, product, cents: (product?.priceCents ?? 0) * quantity };
    });
}

export function countOf(lines: readonly CartLine[]): number {
  return lines.reduce((sum, line) => sum + line.quantity, 0);
}

export function totalOf(lines: readonly CartLine[]): number {
  return lines.reduce((sum, line) => sum + line.cents, 0);
}

/** A new cart with this many of a product; none at all takes the line out. */
export function withQuantity(cart: Cart, id: string, quantity: number): Cart {
  const { [id]: _before, ...others } = cart.items;
  if (quantity <= 0) return { items: others };
  return { items: { ...cart.items, [id]: quantity } };
}

const walls = ['disc', 'arch', 'window', 'hill'] as const;

/** The wall behind a product's picture: the same for the same product, always. */
export function wallOf(product: Product): (typeof walls)[number] {
  let sum = 0;
  for (const letter of product.id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return walls[sum % walls.length] ?? 'disc';
}
