/**
 * What the reader is looking at: four units, and what each of them shares how far.
 */
import { useEffect, useRef } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { Icon } from './icon.tsx';

const rows = [
  ['theme', 'Header, React', 'global', 'Every tab of this origin turns dark together.'],
  ['cart', 'Cart, Svelte', 'apartment', 'Shelves put in, the cart takes out, the header counts.'],
  ['catalogue.filter', 'Shelves, Vue', 'building', 'Your search follows you into the next tab.'],
  ['cart.note', 'Cart, Svelte', 'private', 'Your note stays in this unit and in this tab.'],
] as const;

export function About({ onClose }: { onClose: () => void }): ReactElement {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    onClose();
    document.querySelector<HTMLElement>('[aria-controls="about"]')?.focus();
  };
  return (
    <div className="about" id="about" data-testid="about" onKeyDown={onKeyDown}>
      <h2 ref={heading} tabIndex={-1}>
        Four units, one state
      </h2>
      <p>
        Header, shelves, cart and panel were built apart, in React, Vue, Svelte and plain
        TypeScript. None of them knows the others. What they share goes through one Danji core,
        here and in every tab you open.
      </p>
      <ul className="about-rows">
        {rows.map(([key, owner, scope, says]) => (
          <li key={key}>
            <code>{key}</code>
            <span className="about-scope">{scope}</span>
            <span>
              {says} <span className="about-owner">{owner}</span>
            </span>
          </li>
        ))}
      </ul>
      <a className="button button-main" href="./" target="_blank" rel="noopener">
        <Icon name="tabs" />
        Open a second tab
      </a>
    </div>
  );
}
