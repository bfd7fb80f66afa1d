/** User and password of a proxy, by n8n's own credential. */
import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import {
	ConfigError,
	type EndpointSettings,
	type SecretRef,
	type SettingPath,
} from '../../core/index';
import type { CredentialContext } from './credentials';
import { readUser } from './forward-auth';

export const PROXY_PARAMETER = 'proxyAuthentication';

export function proxyParameter(displayOptions: IDisplayOptions): INodeProperties {
	return {
		displayName: 'Proxy Authentication',
		name: PROXY_PARAMETER,
		type: 'boolean',
		default: false,
		noDataExpression: true,
		displayOptions,
		description:
			'Whether the server that is the proxy (in the options) is given the user and password of a Basic Auth credential',
	};
}

/**
 * @param o.at how the dialog calls its settings
 * @param o.forwardAuth how the node authenticates at endpoints
 * @param o.keep puts a secret aside and gives what stands in its place
 * @throws ConfigError for a credential that cannot be read, has no user, may not be used for the proxy, or is used for endpoints
 */
export async function readProxyAuthentication(
	context: CredentialContext,
	o: {
		readonly proxy: string | undefined;
		readonly proxyUrl: string | undefined;
		readonly forwardAuth: string | undefined;
		readonly at: SettingPath;
		readonly keep: (name: string, secret: string) => SecretRef;
		readonly index?: number | undefined;
	},
): Promise<Pick<EndpointSettings, 'proxyUser' | 'proxyPassword'>> {
	// A toggle shows whatever the options say: n8n lets no parameter depend on what a collection holds.
	if (o.proxy !== 'server') {
		const expected = '"server" where Proxy Authentication is on (HTTPS_PROXY holds its own user)';
		throw new ConfigError(o.at('proxy'), expected, o.proxy);
	}
	// n8n keeps one credential of a type for a node: one of the two would get what is the other's.
	if (o.forwardAuth === 'basic') {
		throw new ConfigError(
			PROXY_PARAMETER,
			'to be off where Forward With is Basic Auth, since a node has one credential of that kind; give the endpoint a Header Auth instead, or the user of the proxy to HTTPS_PROXY',
		);
	}
	const { user, password } = await readUser(context, {
		url: o.proxyUrl?.trim() ?? '',
		index: o.index,
	});
	return {
		proxyUser: user,
		...(password === '' ? {} : { proxyPassword: o.keep(PROXY_PARAMETER, password) }),
	};
}
