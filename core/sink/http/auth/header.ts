import { ConfigError } from '../../../errors';
import { HEADER_VALUE_EXPECTATION, isHeaderName, isHeaderValue } from '../../../pure/header-name';
import { PROTECTED_HEADERS } from '../../../pure/protected-headers';
import { joinPath } from '../../../config-path';
import type { SecretRef } from '../../secret-ref';
import { fixed, type AuthKind } from './auth-kind';
import { checkText } from './check-text';

export interface HeaderAuth {
	readonly kind: 'header';
	/** Such as X-Api-Key. */
	readonly name: string;
	readonly value: SecretRef;
}

/** A header of any name, as for API keys. */
export const headerAuth: AuthKind<HeaderAuth> = {
	kind: 'header',
	fields: { name: true, value: true },
	secrets: { value: 'always' },
	validate(config, path) {
		const { name } = config;
		if (!isHeaderName(name) || PROTECTED_HEADERS.includes(name.toLowerCase())) {
			const expected = 'the name of a header that the sender does not set itself';
			throw new ConfigError(joinPath(path, 'name'), expected);
		}
		checkText(config, 'value', path, {
			expected: HEADER_VALUE_EXPECTATION,
			fits: (text) => text !== '' && isHeaderValue(text),
		});
	},
	headers: ({ name }) => [name.toLowerCase()],
	create: ({ name, value }) => fixed({ [name]: value }, [value, ...value.split(/[\s,;=]+/)]),
};
