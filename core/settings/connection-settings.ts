import { checkChoice } from '../check-value';
import { textList } from '../pure/text-list';
import type { HttpSinkConfig } from '../sink/http/http-config';
import type { SecretRef } from '../sink/secret-ref';
import type { SettingPath } from './setting-path';

/** The way to an endpoint; how they are used is told in buffer-settings.ts. */
export interface ConnectionSettings {
	/** By the environment (default), none, or the one of `proxyUrl`. */
	readonly proxy?: 'environment' | 'none' | 'server' | undefined;
	readonly proxyUrl?: string | undefined;
	/** Empty: the proxy asks for nothing. */
	readonly proxyUser?: string | undefined;
	/** The host brings it from where it keeps secrets. */
	readonly proxyPassword?: SecretRef | undefined;
	/** Names that are reached without it, as in NO_PROXY, separated by commas. */
	readonly proxyExcept?: string | undefined;
	/** Certificates to trust besides those of the machine, PEM. */
	readonly ca?: string | undefined;
	/** The host brings it from where it keeps certificates. */
	readonly clientCertificate?: HttpSinkConfig['clientCertificate'];
}

/** Where the fields of core's `proxy` stand in dialogs. */
export const PROXY_PLACES = {
	'proxy.url': 'proxyUrl',
	'proxy.user': 'proxyUser',
	'proxy.password': 'proxyPassword',
	'proxy.except': 'proxyExcept',
} as const;

/** @throws ConfigError naming the dialog's field */
export function toConnection(
	settings: ConnectionSettings,
	at: SettingPath,
): Pick<HttpSinkConfig, 'proxy' | 'ca' | 'clientCertificate'> {
	const { ca = '', clientCertificate } = settings;
	const proxy = toProxy(settings, at);
	return {
		...(proxy === undefined ? {} : { proxy }),
		...(ca === '' ? {} : { ca }),
		...(clientCertificate === undefined ? {} : { clientCertificate }),
	};
}

function toProxy(
	{ proxy, proxyUrl = '', proxyUser = '', proxyPassword, proxyExcept = '' }: ConnectionSettings,
	at: SettingPath,
): HttpSinkConfig['proxy'] {
	if (proxy === undefined) return undefined;
	const kind = checkChoice(proxy, at('proxy'), ['environment', 'none', 'server'] as const);
	if (kind !== 'server') return kind;
	const user = proxyUser.trim();
	const except = textList(proxyExcept);
	return {
		url: proxyUrl.trim(),
		...(user === '' ? {} : { user }),
		...(user === '' || proxyPassword === undefined ? {} : { password: proxyPassword }),
		...(except.length > 0 ? { except } : {}),
	};
}
