/**
 * What the cart keeps to itself: a note that is still being written. Private, so no other unit
 * can read it and no frame carries it to another tab.
 */
import { defineState, StateScope } from 'danji';

export const noteState = defineState({
  key: 'cart.note',
  scope: StateScope.PRIVATE,
  default: { text: '' },
});

export const noteLettersMax = 140;
