// The package's own functions: values follow the handle, misuse does not compile.
import { type } from 'arktype';
import {
  createUnitStateStore,
  defineState,
  StateScope,
  type CommitReceipt,
  type StateHandle,
  type StateMetadata,
  type StateReading,
  type UnifiedStateManager,
} from 'danji';
import * as valibot from 'valibot';
import { z } from 'zod';
import { cart, look, same, settings, type Cart, type Item, type Look, type Same } from './states.js';

declare const manager: UnifiedStateManager;
const unit = createUnitStateStore('header');

// A handle carries its key and its value's type.
same<Same<typeof cart, StateHandle<Cart, 'cart'>>>();
same<Same<typeof look, StateHandle<Look, 'look'>>>();
const count = defineState({ key: 'count', scope: StateScope.PRIVATE, default: 0 });
same<Same<typeof count, StateHandle<number, 'count'>>>();
const open = defineState({ key: 'open', scope: 'private', default: false });
same<Same<typeof open, StateHandle<boolean, 'open'>>>();

// @ts-expect-error there is no such scope
defineState({ key: 'a', scope: 'planet', default: 0 });
// @ts-expect-error a definition has a default
defineState({ key: 'a', scope: 'private' });
defineState({ key: 'a', scope: 'private', default: 0, conflictResolution: 'loudest_wins' });
// @ts-expect-error a strategy has a name
defineState({ key: 'a', scope: 'private', default: 0, conflictResolution: 7 });
// @ts-expect-error there is no such depth
defineState({ key: 'a', scope: 'private', default: {}, merge: { depth: 'bottomless' } });
// @ts-expect-error a key is text
defineState({ key: 1, scope: 'private', default: 0 });

// Schemas: as data, or a library's, whose output is the value's type.
defineState({ key: 'a', scope: 'global', default: 0, schema: { version: '1', type: 'integer' } });
// @ts-expect-error a schema has a version
defineState({ key: 'a', scope: 'global', default: 0, schema: { type: 'integer' } });
// @ts-expect-error there is no such type
defineState({ key: 'a', scope: 'global', default: 0, schema: { version: '1', type: 'int' } });
const user = defineState({
  key: 'user', scope: 'global', default: { name: '' }, schema: z.object({ name: z.string() }),
});
same<Same<typeof user, StateHandle<{ name: string }, 'user'>>>();
const guest = defineState({
  key: 'guest', scope: 'global', default: { name: '' },
  schema: valibot.object({ name: valibot.string() }),
});
same<Same<typeof guest, StateHandle<{ name: string }, 'guest'>>>();
const owner = defineState({
  key: 'owner', scope: 'global', default: { name: '' }, schema: type({ name: 'string' }),
});
same<Same<typeof owner, StateHandle<{ name: string }, 'owner'>>>();
// @ts-expect-error the default is no output of the schema
defineState({ key: 'a', scope: 'global', default: 7, schema: z.object({ name: z.string() }) });

// Reading.
const value = unit.getState(cart);
same<Same<typeof value, Cart>>();
const reading = unit.readState(cart);
same<Same<typeof reading, StateReading<Cart>>>();
const language = unit.getState('language');
same<Same<typeof language, 'ko' | 'en'>>();
const unknownKey = unit.getState('who knows');
same<Same<typeof unknownKey, unknown>>();

// @ts-expect-error no such field
unit.getState(cart).weight;
// @ts-expect-error an unregistered key's value is unknown
unit.getState('who knows').length;
// @ts-expect-error a definition is not a handle
unit.getState({ key: 'cart', scope: 'apartment', default: 0 });

// Writing.
const receipt: Promise<CommitReceipt> = unit.setState(cart, { items: [], total: 1, note: '' });
void unit.setState(cart, (previous) => ({ ...previous, total: previous.total + 1 }));
void unit.setState(look, 'dark', { wait: 'local' });
void unit.setState('language', 'en');

// @ts-expect-error the value has another type
void unit.setState(cart, 'dark');
// @ts-expect-error a field is missing
void unit.setState(cart, { items: [], total: 1 });
// @ts-expect-error not one of the looks
void unit.setState(look, 'sepia');
// @ts-expect-error the updater returns another type
void unit.setState(cart, (previous) => previous.total);
// @ts-expect-error the updater returns nothing
void unit.setState(cart, () => {});
// @ts-expect-error not one of the languages
void unit.setState('language', 'fr');
// @ts-expect-error there is no such way to wait
void unit.setState(look, 'dark', { wait: 'for ever' });

// What an updater returns keeps its literals, also deep inside.
void unit.setState(settings, (now) => ({ ...now, look: 'dark' }));
void unit.setState(settings, (now) => ({ ...now, page: { ...now.page, side: 'right' } }));
void unit.setState(settings, (now) => ({ ...now, tags: [...now.tags, 'new'] }));
void unit.setState(settings, ({ size }) => {
  return { look: size > 1 ? 'dark' : 'light', size, tags: ['one'], page: { side: 'left' } };
});
void unit.setState(look, () => 'dark');
void unit.setState('language', (now) => (now === 'ko' ? 'en' : 'ko'));
void manager.setState(settings, (now) => ({ ...now, look: 'dark' }), 'header');
void manager.transaction('header', (tx) => {
  void tx.setState(settings, (now) => ({ ...now, look: 'dark' }));
  // @ts-expect-error not one of the looks
  void tx.setState(settings, (now) => ({ ...now, look: 'sepia' }));
});
// @ts-expect-error not one of the looks
void unit.setState(settings, (now) => ({ ...now, look: 'sepia' }));
// @ts-expect-error not one of the sides
void unit.setState(settings, (now) => ({ ...now, page: { side: 'top' } }));
// @ts-expect-error the list has other items
void unit.setState(settings, (now) => ({ ...now, tags: [1] }));
// @ts-expect-error fields are missing
void unit.setState(settings, () => ({ look: 'dark' }));
// @ts-expect-error an updater is not async
void unit.setState(settings, async (now) => now);
// @ts-expect-error no such field
void unit.setState(settings, { look: 'dark', size: 1, tags: [], page: { side: 'left' }, weight: 1 });
// @ts-expect-error not one of the looks
void unit.setState(look, () => 'sepia');
// @ts-expect-error not one of the languages
void unit.setState('language', () => 'fr');
// @ts-expect-error not one of the looks
void manager.setState(settings, (now) => ({ ...now, look: 'sepia' }), 'header');

// Those who write for others pass on what they are given.
export function write<T>(state: StateHandle<T>, value: T | ((previous: T) => T)): void {
  void unit.setState(state, value);
  void unit.setState(state, (previous) => previous);
}

// Drafts.
void unit.update(cart, (draft) => {
  draft.items.push({ name: 'tea', price: 3 });
  // @ts-expect-error the field has another type
  draft.total = '3';
});

// Subscriptions.
unit.subscribe(cart, (now, meta) => {
  same<Same<typeof now, Cart>>();
  same<Same<typeof meta, StateMetadata>>();
});
// @ts-expect-error the listener wants another type
unit.subscribe(cart, (now: Look) => now);
// @ts-expect-error there is no such option
unit.subscribe(cart, () => {}, { often: true });

// Paths.
unit.subscribeToPath(cart, 'total', (total) => same<Same<typeof total, number>>());
unit.subscribeToPath(cart, 'items', (items) => same<Same<typeof items, Item[]>>());
unit.subscribeToPath(cart, 'items.0.name', (name) =>
  same<Same<typeof name, string | undefined>>());
// @ts-expect-error there is nothing at this path
unit.subscribeToPath(cart, 'weight', () => {});
// @ts-expect-error nor at this one
unit.subscribeToPath(cart, 'items.0.weight', () => {});
// @ts-expect-error the listener wants another type
unit.subscribeToPath(cart, 'total', (total: string) => total);

// Batches give back what their function returns.
const answer = unit.batch(() => 42);
same<Same<typeof answer, number>>();

// A unit says where it stands.
const place: { building: string; apartment: string } = unit;
// @ts-expect-error it does not move
unit.building = place.building;

// Metadata is to look at.
// @ts-expect-error it can not be assigned
unit.readState(cart).meta.pending = 3;

// Permissions are lists of grants, and a unit has some.
const guarded = defineState({
  key: 'guarded',
  scope: 'apartment',
  default: { price: 1 },
  permissions: { read: '*', write: ['role:staff'], paths: { price: { write: [] } } },
});
same<Same<(typeof guarded)['key'], 'guarded'>>();
const grants: readonly string[] = unit.grants;
unit.setGrants([...grants, 'role:staff']);
// @ts-expect-error a list, not one grant
defineState({ key: 'open', scope: 'global', default: 0, permissions: { write: 'role:staff' } });
// @ts-expect-error it is told what to do, not asked
unit.grants = [];
