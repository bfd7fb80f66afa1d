import { checkWhole } from '../check-value';
import type { CorsConfig } from '../config';
import { ConfigError } from '../errors';
import { CORS } from '../pure/bounds';
import { isHeaderName } from '../pure/header-name';
import { isOrigin, ORIGIN_EXPECTATION } from '../pure/origin';

/** A receiver's CORS before defaults. */
export type CorsInput = Pick<CorsConfig, 'origins'> & Partial<CorsConfig>;

/** @throws ConfigError naming path and bound */
export function parseCors({
	origins,
	headers = CORS.headers,
	maxAgeSeconds,
}: CorsInput): CorsConfig {
	return {
		origins: origins === '*' ? origins : parseOrigins(origins),
		headers: parseHeaders(headers),
		maxAgeSeconds: checkWhole(
			maxAgeSeconds ?? CORS.maxAgeSeconds.fallback,
			'cors.maxAgeSeconds',
			CORS.maxAgeSeconds,
		),
	};
}

function parseOrigins(origins: readonly string[]): readonly string[] {
	checkCount(origins, 'cors.origins');
	for (const [index, origin] of origins.entries()) {
		if (isOrigin(origin)) continue;
		throw new ConfigError(`cors.origins[${index}]`, ORIGIN_EXPECTATION, origin);
	}
	return origins;
}

function parseHeaders(headers: readonly string[]): readonly string[] {
	checkCount(headers, 'cors.headers');
	return headers.map((name, index) => {
		if (isHeaderName(name)) return name.toLowerCase();
		throw new ConfigError(`cors.headers[${index}]`, 'the name of a header', name);
	});
}

function checkCount(list: readonly string[], path: string): void {
	if (!Array.isArray(list) || list.length === 0 || list.length > CORS.maxNames)
		throw new ConfigError(path, `1 to ${CORS.maxNames} of them`, list);
}
