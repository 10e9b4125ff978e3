/**
 * The public types of schemas: what a definition may say about its values. Nothing here runs.
 */

export type SchemaType =
  | 'string'
  | 'number'
  | 'integer'
  | 'boolean'
  | 'object'
  | 'array'
  | 'null';

/** What one place in a value must look like. The words mean what JSON Schema means by them. */
export interface PropertySchema {
  /** One type, or several; left out: any. */
  readonly type?: SchemaType | readonly SchemaType[];
  /** The values that may be. */
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** In code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: PropertySchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, PropertySchema>>;
  readonly required?: readonly string[];
  /** What members that `properties` does not name must look like; `false`: there are none. */
  readonly additionalProperties?: boolean | PropertySchema;
  /** For people. */
  readonly title?: string;
  readonly description?: string;
}

/** From version `from` to the next one: the next step's, or for the last the schema's own. */
export interface MigrationStep {
  readonly from: string;
  /** Pure: what a value of the version before becomes. */
  readonly up: (value: any) => unknown;
  /** The way back, for units of the version before that share the key. */
  readonly down?: (value: any) => unknown;
}

/** Steps, oldest first; or one function that takes a value of any older version. */
export type Migration =
  | readonly MigrationStep[]
  | ((value: any, newVersion: string) => unknown);

/** A schema as data: it travels to other tabs, which hold everybody to it. */
export interface StateSchema extends PropertySchema {
  /** Numbers with dots between them, such as `1` or `1.10.0`. */
  readonly version: string;
  /** Left out: older values are good as they are. */
  readonly migration?: Migration;
}

/** What schema libraries have in common (standardschema.dev): zod, valibot, arktype and others. */
export interface StandardSchema<T = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
