import type { SecretRef } from '../../secret-ref';
import { fixed, type AuthKind } from './auth-kind';
import { checkText } from './check-text';

export interface BearerAuth {
	readonly kind: 'bearer';
	readonly token: SecretRef;
}

/** RFC 6750, 2.1; wider than its syntax, as tokens of many products are: printable ASCII without blanks. */
export function isToken(text: string): boolean {
	return /^[\x21-\x7e]+$/.test(text);
}

/** `Authorization: Bearer <token>`. */
export const bearerAuth: AuthKind<BearerAuth> = {
	kind: 'bearer',
	fields: { token: true },
	secrets: { token: 'always' },
	validate: (config, path) =>
		checkText(config, 'token', path, { expected: 'printable ASCII without blanks', fits: isToken }),
	headers: () => ['authorization'],
	create: ({ token }) => fixed({ Authorization: `Bearer ${token}` }, [token]),
};
