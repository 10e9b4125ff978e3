/**
 * The cart, a unit of its own: Svelte 5, built alone, started by its own script.
 */
import { mount } from 'svelte';
import CartUnit from './Cart.svelte';
import './cart.css';

const target = document.getElementById('cart');
if (target !== null) mount(CartUnit, { target });
