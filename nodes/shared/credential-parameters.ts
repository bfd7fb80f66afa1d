import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { authOptions } from './forward-auth';
import { schemeFields, schemeOptions, signingSchemes } from './schemes';

/** The parameters on which credentials hang, for both nodes. None takes an expression: n8n shows a credential by the fixed value. */

type Show = NonNullable<IDisplayOptions['show']>;

/** `store`: the default directory, or the store of a credential. One entry for each place where it shows. */
export function storeParameters(places: readonly (Show | undefined)[]): INodeProperties[] {
	return places.map((show) => ({
		displayName: 'Store',
		name: 'store',
		type: 'options',
		default: 'default',
		noDataExpression: true,
		...(show ? { displayOptions: { show } } : {}),
		options: [
			{
				name: 'Default',
				value: 'default',
				description: 'The directory sluice/default in the n8n folder',
			},
			{
				name: 'From a Credential',
				value: 'credential',
				description: 'Another directory, or PostgreSQL, which queue mode needs',
			},
		],
		description:
			'Where events are kept. Rows stay in the store they are in: let the buffers run empty before you change it.',
	}));
}

/** `forwardAuth`: the credential by which an endpoint lets requests in. */
export function forwardAuth(displayOptions: IDisplayOptions, description: string): INodeProperties {
	return {
		displayName: 'Forward With',
		name: 'forwardAuth',
		type: 'options',
		default: 'none',
		noDataExpression: true,
		displayOptions,
		options: authOptions(),
		description,
	};
}

/** `signWith`: the scheme that requests are signed with, and `signWithOptions`, what it can be told. */
export function signWith(show: Show): INodeProperties[] {
	return [
		{
			displayName: 'Sign Requests',
			name: 'signWith',
			type: 'options',
			default: 'none',
			noDataExpression: true,
			displayOptions: { show },
			options: [{ name: 'No', value: 'none' }, ...schemeOptions(signingSchemes())],
			description: 'How each request is signed, with the secret of the signature credential',
		},
		...schemeFields(signingSchemes(), 'sign', { chooser: 'signWith', show }),
	];
}

/** The signature is needed to verify as well as to sign. */
export function usesSignature(places: readonly IDisplayOptions[]): INodeProperties[] {
	return usedAt(places, 'usesSignature', 'Uses the Signature Credential');
}

/** A user and password are for endpoints or for a proxy. */
export function usesUser(places: readonly IDisplayOptions[]): INodeProperties[] {
	return usedAt(places, 'usesUser', 'Uses the Basic Auth Credential');
}

/** Certificates are for endpoints or for a port of our own. */
export function usesSsl(places: readonly IDisplayOptions[]): INodeProperties[] {
	return usedAt(places, 'usesSsl', 'Uses the SSL Certificates Credential');
}

/** The key of datasets. */
export function usesPushKey(places: readonly IDisplayOptions[]): INodeProperties[] {
	return usedAt(places, 'usesPushKey', 'Uses the Push Key Credential');
}

/** The PostgreSQL of tables. */
export function usesPostgres(places: readonly IDisplayOptions[]): INodeProperties[] {
	return usedAt(places, 'usesPostgres', 'Uses the Postgres Credential');
}

/** Hidden, and there with its only value where one of these places shows: a credential can hang on one parameter alone. */
function usedAt(
	places: readonly IDisplayOptions[],
	name: string,
	displayName: string,
): INodeProperties[] {
	return places.map((displayOptions) => ({
		displayName,
		name,
		type: 'hidden',
		default: 'yes',
		displayOptions,
	}));
}
