/**
 * A sign from icons.svg. Decoration: the button around it has the words.
 */
import type { ReactElement } from 'react';

export function Icon({ name }: { name: string }): ReactElement {
  return (
    <svg className="icon" aria-hidden="true">
      <use href={`icons.svg#${name}`} />
    </svg>
  );
}
