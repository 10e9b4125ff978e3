/**
 * Name, cart badge, total and theme switch. Reads the cart that two other units write, and
 * hears `cart:added` to say aloud what went in.
 */
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { defineState, StateScope } from 'danji';
import { useContainerEvent, useSharedSelector, useSharedState, useUnit } from 'danji/react';
import { countOf, linesOf, loadAssortment, noAssortment, price, totalOf } from '../../products.ts';
import { cartAdded, cartOpen, cartState, themeState } from '../../state.ts';
import type { CartAdded } from '../../state.ts';
import { About } from './about.tsx';
import { Icon } from './icon.tsx';

/** Whether the explanation is open: nobody else's business, so private, so in this tab only. */
const aboutState = defineState({
  key: 'header.about',
  scope: StateScope.PRIVATE,
  default: { open: false },
});

const toastMillis = 3500;
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

function watchSystem(onChange: () => void): () => void {
  darkSystem.addEventListener('change', onChange);
  return () => darkSystem.removeEventListener('change', onChange);
}

function ThemeSwitch(): ReactElement {
  const [theme, setTheme] = useSharedState(themeState);
  const systemIsDark = useSyncExternalStore(watchSystem, () => darkSystem.matches);
  const dark = theme === 'system' ? systemIsDark : theme === 'dark';
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return (
    <button
      type="button"
      role="switch"
      className="theme-switch"
      aria-checked={dark}
      aria-label="Dark theme"
      data-testid="theme-toggle"
      onClick={() => setTheme(dark ? 'light' : 'dark')}
    >
      <span className="theme-thumb">
        <Icon name={dark ? 'moon' : 'sun'} />
      </span>
    </button>
  );
}

function CartButton(): ReactElement {
  const [assortment, setAssortment] = useState(noAssortment);
  const count = useSharedSelector(cartState, (cart) => countOf(linesOf(cart, assortment)));
  const total = useSharedSelector(cartState, (cart) => totalOf(linesOf(cart, assortment)));
  const unit = useUnit();
  useEffect(() => {
    let mounted = true;
    loadAssortment().then(
      (loaded) => mounted && setAssortment(loaded),
      (error: unknown) => console.error(error),
    );
    return () => {
      mounted = false;
    };
  }, []);
  return (
    <button
      type="button"
      className="cart-button"
      data-testid="open-cart"
      onClick={() => unit.emit(cartOpen)}
    >
      <Icon name="basket" />
      <span className="quiet">Cart, </span>
      <span className="badge figures" data-testid="badge">
        {count}
      </span>
      <span className="quiet">{count === 1 ? ' piece, ' : ' pieces, '}</span>
      <span className="header-total figures" data-testid="total">
        {price(total)}
      </span>
    </button>
  );
}

/** Says for a few seconds what was put into the cart, on screen and to screen readers. */
function Toast(): ReactElement {
  const [added, setAdded] = useState<CartAdded | null>(null);
  useContainerEvent<CartAdded>(cartAdded, setAdded);
  useEffect(() => {
    if (added === null) return;
    const timer = setTimeout(() => setAdded(null), toastMillis);
    return () => clearTimeout(timer);
  }, [added]);
  return (
    <div className="toast-place" role="status">
      {added !== null && (
        <p className="toast" data-testid="toast" key={`${added.productId} ${added.quantity}`}>
          <strong>{added.name}</strong>
          {added.quantity === 1 ? ' is in your cart' : `: ${added.quantity} in your cart`}
        </p>
      )}
    </div>
  );
}

export function Header(): ReactElement {
  const [about, setAbout] = useSharedState(aboutState);
  const close = () => setAbout({ open: false });
  return (
    <div className="header">
      <h1 className="header-name">
        <img src="logo.svg" alt="" width="36" height="36" />
        <span>Danji Market</span>
      </h1>
      <p className="header-line">Everything the block needs, on ten shelves.</p>
      <div className="header-tools">
        <button
          type="button"
          className="button header-about"
          aria-expanded={about.open}
          aria-controls="about"
          data-testid="about-toggle"
          onClick={() => setAbout({ open: !about.open })}
        >
          <Icon name="info" />
          <span className="header-about-label">How it works</span>
        </button>
        <ThemeSwitch />
        <CartButton />
      </div>
      {about.open && <About onClose={close} />}
      <Toast />
    </div>
  );
}
