/**
 * The public types of permissions: who may use a key, and what a unit may call itself.
 */

/**
 * Lists of grants, of which a unit needs one: `unit:cart`, `building:shop`, `apartment:mall`, which
 * units have by standing where they stand, or what they were given, such as `role:staff`. `'*'`,
 * and no list, is everybody; of an empty list nobody has one.
 */
export interface StatePermissions {
  readonly read?: readonly string[] | '*';
  readonly write?: readonly string[] | '*';
  /** Who may change what is at a path such as `items.price`; besides `write`. */
  readonly paths?: { readonly [path: string]: { readonly write?: readonly string[] | '*' } };
}

/** Where a unit stands, and what it may call itself besides. */
export interface UnitOptions {
  readonly building?: string;
  readonly apartment?: string;
  /** Such as `['role:staff']`. A unit that is alive keeps its own: use `setGrants`. */
  readonly grants?: readonly string[];
}
