import type { SecretRef } from '../../secret-ref';
import { fixed, type AuthKind } from './auth-kind';
import { checkText } from './check-text';

export interface BasicAuth {
	readonly kind: 'basic';
	/** Without a colon (RFC 7617, 2). */
	readonly user: string | SecretRef;
	readonly password: SecretRef;
}

/** The text behind `Basic `, in UTF-8 (RFC 7617). */
export function basicText(user: string, password: string): string {
	return Buffer.from(`${user}:${password}`).toString('base64');
}

const NO_CONTROLS = /^[^\p{Cc}\p{Cs}]*$/u;

/** `Authorization: Basic …` of a user and a password. */
export const basicAuth: AuthKind<BasicAuth> = {
	kind: 'basic',
	fields: { user: true, password: true },
	secrets: { user: 'maybe', password: 'always' },
	validate(config, path) {
		checkText(config, 'user', path, {
			expected: 'a text without colons and control characters',
			fits: (text) => NO_CONTROLS.test(text) && !text.includes(':'),
		});
		checkText(config, 'password', path, {
			expected: 'a text without control characters',
			fits: (text) => NO_CONTROLS.test(text),
		});
	},
	headers: () => ['authorization'],
	create({ user, password }) {
		const text = basicText(user, password);
		return fixed({ Authorization: `Basic ${text}` }, [text, password]);
	},
};
