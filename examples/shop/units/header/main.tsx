/**
 * The header, a unit of its own: React 19, built alone, started by its own script.
 */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { UnitProvider } from 'danji/react';
import { places } from '../../state.ts';
import { Header } from './header.tsx';
import './header.css';

const place = document.getElementById('header');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <UnitProvider {...places.header}>
        <Header />
      </UnitProvider>
    </StrictMode>,
  );
}
