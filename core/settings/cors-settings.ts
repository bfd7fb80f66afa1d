import type { CorsInput } from '../pipeline/parse-cors';
import { parseCors } from '../pipeline/parse-cors';
import { CORS } from '../pure/bounds';
import { textList } from '../pure/text-list';
import { ConfigError } from '../errors';
import { readNumber } from './read-number';
import type { SettingPath } from './setting-path';

/** Which pages may push, of the dialogs of receivers. */
export interface CorsSettings {
	/** Origins with commas between them, or `*`; empty: none. */
	readonly allowedOrigins?: string | undefined;
	/** Headers that pages may send, with commas between them. */
	readonly allowedHeaders?: string | undefined;
	readonly corsMaxAgeSeconds?: number | string | undefined;
}

/** @throws ConfigError naming the dialog's field */
export function toCors(
	{ allowedOrigins = '', allowedHeaders = '', corsMaxAgeSeconds }: CorsSettings,
	at: SettingPath,
): { readonly cors?: CorsInput } {
	const origins = textList(allowedOrigins);
	if (origins.length === 0) return {};
	const headers = textList(allowedHeaders);
	const maxAge =
		corsMaxAgeSeconds === undefined || corsMaxAgeSeconds === ''
			? CORS.maxAgeSeconds.fallback
			: readNumber(corsMaxAgeSeconds, at('corsMaxAgeSeconds'));
	const cors: CorsInput = {
		origins: origins.length === 1 && origins[0] === '*' ? '*' : origins,
		...(headers.length > 0 ? { headers } : {}),
		maxAgeSeconds: maxAge,
	};
	return { cors: checked(cors, at) };
}

const FIELDS: Readonly<Record<string, string>> = {
	origins: 'allowedOrigins',
	headers: 'allowedHeaders',
	maxAgeSeconds: 'corsMaxAgeSeconds',
};

/** By the names of the dialog. */
function checked(cors: CorsInput, at: SettingPath): CorsInput {
	try {
		return parseCors(cors);
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		const [, field = ''] = /^cors\.(\w+)/.exec(String(error.details['path'])) ?? [];
		const { expected, got } = error.details;
		const name = at(FIELDS[field] ?? field);
		throw new ConfigError(name, String(expected), undefined, { details: { got }, cause: error });
	}
}
