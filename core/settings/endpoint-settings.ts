import { HTTP_TIMEOUT_MS } from '../pure/bounds';
import type { SinkConfig } from '../sink/create-sink';
import { readTime } from './read-number';
import { sameName, type SettingPath } from './setting-path';

/** Of the dialogs that forward to a URL; how they are used is told in buffer-settings.ts. Headers and signatures bring the hosts. */
export interface EndpointSettings {
	readonly url?: string | undefined;
	readonly timeoutSeconds?: number | string | undefined;
	/** Networks, separated by commas. */
	readonly allowedCidrs?: string | undefined;
	readonly sendCredentials?: boolean | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toEndpoint(
	{ url = '', timeoutSeconds, allowedCidrs = '', sendCredentials = false }: EndpointSettings,
	at: SettingPath = sameName,
): SinkConfig<'http'> & { readonly url: string } {
	return {
		kind: 'http',
		url: url.trim(),
		timeoutMs:
			timeoutSeconds === undefined
				? HTTP_TIMEOUT_MS.fallback
				: readTime(timeoutSeconds, at('timeoutSeconds'), 'seconds', HTTP_TIMEOUT_MS),
		allowedCidrs: allowedCidrs
			.split(',')
			.map((one) => one.trim())
			.filter((one) => one !== ''),
		sendCredentials,
	};
}
