import { basic } from './basic';
import { bearer } from './bearer';
import { bodyJwt } from './body-jwt';
import { headerKey } from './header-key';
import { hmac } from './hmac';
import { jwks } from './jwks';
import { jwt } from './jwt';
import { none } from './none';
import { queryKey } from './query-key';
import type { AnySchemeConfig, Scheme } from './scheme';
import { sns } from './sns';
import { standardWebhooks } from './standard-webhooks';
import { urlSecret } from './url-secret';

/** The only list of schemes, in the order in which dialogs and docs show them; the first one is a receiver's when it is dropped in. */
const LIST = [
	urlSecret,
	bodyJwt,
	hmac,
	standardWebhooks,
	jwt,
	jwks,
	headerKey,
	bearer,
	basic,
	queryKey,
	sns,
	none,
] as const;

type ConfigOf<One> = One extends Scheme<infer Config> ? Config : never;

/** One scheme, configured: its kind and its fields, the secrets being texts. */
export type SchemeConfig = ConfigOf<(typeof LIST)[number]>;

export type SchemeKind = SchemeConfig['kind'];

export const SCHEMES: readonly Scheme[] = LIST;

/** The scheme of a configuration that has been checked. @throws TypeError */
export function schemeOf({ kind }: AnySchemeConfig): Scheme {
	const scheme = findScheme(kind);
	if (!scheme) throw new TypeError(`no scheme ${kind}`);
	return scheme;
}

export function findScheme(kind: unknown): Scheme | undefined {
	return SCHEMES.find((scheme) => scheme.kind === kind);
}
