// What a server rendered is taken over as it is, and lives on.
import test from 'node:test';
import assert from 'node:assert/strict';
import { act, h } from './support.js';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { place } from '../hooks/dom.js';
import { openUnits, theme } from '../hooks/units.js';
import { UnitProvider, useSharedState } from 'danji/react';

const Theme = () => h('p', null, useSharedState(theme)[0]);

test('hydration with the same state changes nothing, and the page is live after it', async (t) => {
  const server = openUnits(t);
  const { unit, other } = openUnits(t);
  for (const written of [server.unit, unit]) written.setState(theme, 'dark');
  const container = place(t);
  container.innerHTML = renderToString(h(UnitProvider, { unit: server.unit }, h(Theme)));
  const rendered = container.querySelector('p');
  const complaints = [];

  const root = await act(() =>
    hydrateRoot(container, h(UnitProvider, { unit }, h(Theme)), {
      onRecoverableError: (error) => complaints.push(error),
    }),
  );
  await act(() => other.setState(theme, 'sepia'));

  assert.deepEqual(complaints, []);
  assert.equal(container.querySelector('p'), rendered);
  assert.equal(rendered.textContent, 'sepia');
  await act(() => root.unmount());
});
