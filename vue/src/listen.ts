/**
 * Subscriptions that end with the scope they were made in.
 */
import { getCurrentScope, hasInjectionContext, inject, onScopeDispose, ssrContextKey } from 'vue';
import type { Unsubscribe } from 'danji';

/**
 * Subscribes until the component or `effectScope` around the call ends; without one, for the
 * life of the page. A server renders a component once and never ends its scope, so there
 * nothing is subscribed.
 */
export function listen(subscribe: () => Unsubscribe): void {
  if (hasInjectionContext() && inject(ssrContextKey, null) !== null) return;
  const stop = subscribe();
  if (getCurrentScope() !== undefined) onScopeDispose(stop);
}
