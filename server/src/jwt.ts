/**
 * `authenticate` for JSON Web Tokens: signed with a secret that the server shares, or by somebody
 * whose keys are published. `sub` names the user, `grants` is a list (or a text with spaces), and
 * `apartment` is where he belongs.
 */
import { createRemoteJWKSet, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { Session, SyncServerOptions } from './options.js';

export interface JwtOptions {
  /** Of HS256, at least 32 bytes. */
  readonly secret?: string;
  /** Where the public keys are: a JWKS document. */
  readonly jwks?: string;
  readonly issuer?: string;
  readonly audience?: string;
}

export function jwtAuthentication({
  secret,
  jwks,
  issuer,
  audience,
}: JwtOptions): NonNullable<SyncServerOptions['authenticate']> {
  if ((secret === undefined) === (jwks === undefined)) {
    throw new TypeError('tokens are checked with a secret or with published keys: give one');
  }
  if (secret !== undefined && Buffer.byteLength(secret) < 32) {
    throw new TypeError('a secret has at least 32 bytes');
  }
  const wants: JWTVerifyOptions = {
    requiredClaims: ['sub', 'exp'],
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  // Of each kind of key only its own algorithms: or a public key would pass for a secret.
  if (secret !== undefined) {
    const key = new TextEncoder().encode(secret);
    const options = { ...wants, algorithms: ['HS256'] };
    return async (token) => sessionOf((await jwtVerify(token ?? '', key, options)).payload);
  }
  const keys = createRemoteJWKSet(new URL(jwks as string));
  const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
  const options = { ...wants, algorithms };
  return async (token) => sessionOf((await jwtVerify(token ?? '', keys, options)).payload);
}

function sessionOf(payload: JWTPayload): Session {
  const { sub, exp, ['grants']: grants, ['apartment']: apartment } = payload;
  const list: unknown = typeof grants === 'string' ? grants.split(' ').filter(Boolean) : grants;
  if (list !== undefined && !isListOfTexts(list)) throw new TypeError('grants are a list of texts');
  if (apartment !== undefined && typeof apartment !== 'string') {
    throw new TypeError('an apartment is a text');
  }
  return {
    userId: sub as string,
    grants: list ?? [],
    expiresAt: (exp as number) * 1000,
    ...(apartment === undefined ? {} : { apartment }),
  };
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
