import { HTTP_TIMEOUT_MS } from '../pure/bounds';
import { textList } from '../pure/text-list';
import type { SinkConfig } from '../sink/create-sink';
import { validateHttpSink } from '../sink/http/http-config';
import { AUTH_PLACES } from './auth-settings';
import { PROXY_PLACES, toConnection, type ConnectionSettings } from './connection-settings';
import { readTime } from './read-number';
import { toRequest, type RequestSettings } from './request-settings';
import { inDialog, sameName, type SettingPath } from './setting-path';

/** Of the dialogs that forward to a URL; how they are used is told in buffer-settings.ts. Headers, signatures and auth bring the hosts. */
export interface EndpointSettings extends RequestSettings, ConnectionSettings {
	readonly url?: string | undefined;
	readonly timeoutSeconds?: number | string | undefined;
	/** Networks, separated by commas. */
	readonly allowedCidrs?: string | undefined;
	readonly sendCredentials?: boolean | undefined;
}

/**
 * Everything is checked but the URL, which may still be an expression of the host.
 *
 * @throws ConfigError naming the dialog's field and the bound
 */
export function toEndpoint(
	settings: EndpointSettings,
	at: SettingPath = sameName,
): SinkConfig<'http'> & { readonly url: string } {
	const { url = '', timeoutSeconds, allowedCidrs = '', sendCredentials = false } = settings;
	const endpoint = {
		...toRequest(settings),
		...toConnection(settings, at),
		timeoutMs:
			timeoutSeconds === undefined
				? HTTP_TIMEOUT_MS.fallback
				: readTime(timeoutSeconds, at('timeoutSeconds'), 'seconds', HTTP_TIMEOUT_MS),
		allowedCidrs: textList(allowedCidrs),
		sendCredentials,
	};
	inDialog(() => validateHttpSink({ ...endpoint, url: URL_LATER }), at, PROXY_PLACES);
	return { kind: 'http', url: url.trim(), ...endpoint };
}

/** A reference is looked at when its text is there. */
const URL_LATER = { secretRef: 'url' };

/**
 * Names the dialog's field in what core says of an endpoint later, when it knows the texts of the secrets or what the rows are.
 *
 * @throws ConfigError as `work`
 */
export function ofEndpoint<T>(work: () => T, at: SettingPath = sameName): T {
	return inDialog(work, at, { ...PROXY_PLACES, ...AUTH_PLACES });
}
