import type {
	IExecuteFunctions,
	ILoadOptionsFunctions,
	ITriggerFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { ConfigError } from '../../core/index';
import type { StoreCredential } from './store-options';

/**
 * The one place where credentials are read. The editor fills in the newest credential of each type that a panel shows, so that one
 * being attached says nothing: whoever calls these has looked at the parameter that asks for it.
 */

/** What of a node's context is needed; an item's index where there are items. */
export type CredentialContext = Pick<
	IExecuteFunctions | ILoadOptionsFunctions | ITriggerFunctions | IWebhookFunctions,
	'getCredentials' | 'getNode'
>;

/** A parameter that says whether a credential is used. */
export type CredentialChoice = 'none' | 'default' | 'credential';

/**
 * Whether a parameter asks for its credential.
 *
 * @throws ConfigError for what is neither: an expression would be read as "no"
 */
export function asksForCredential(
	parameter: string,
	value: unknown,
	otherwise: Exclude<CredentialChoice, 'credential'>,
): boolean {
	if (value === 'credential') return true;
	if (value === otherwise || value === undefined || value === null) return false;
	throw new ConfigError(parameter, `"${otherwise}" or "credential"`, value);
}

/** The current secret, then the previous one while senders change over. @throws ConfigError */
export async function signatureSecrets(
	context: CredentialContext,
	index?: number,
): Promise<readonly [string, ...string[]]> {
	const { secret, previousSecret } = await readCredential<{
		secret?: unknown;
		previousSecret?: unknown;
	}>(context, 'sluiceSignatureApi', 'Sluice Signature', index);
	const current = trimmedSecret(secret);
	const previous = trimmedSecret(previousSecret);
	if (current === '') {
		throw new ConfigError('credential', 'a Sluice Signature credential whose secret is not empty');
	}
	return previous === '' ? [current] : [current, previous];
}

/** The secret of a way beside the first one, counted from 1. @throws ConfigError */
export async function waySecret(context: CredentialContext, number: number): Promise<string> {
	const name = `secret${number}`;
	const credential = await readCredential<Record<string, unknown>>(
		context,
		'sluiceSignatureApi',
		'Sluice Signature',
	);
	const secret = trimmedSecret(credential[name]);
	if (secret !== '') return secret;
	throw new ConfigError(
		`credentials.sluiceSignatureApi.${name}`,
		`a Sluice Signature credential with the secret of way ${number}`,
	);
}

/** What a sender shows that tries the address. @throws ConfigError */
export async function verifyToken(context: CredentialContext): Promise<string> {
	const credential = await readCredential<{ verifyToken?: unknown }>(
		context,
		'sluiceSignatureApi',
		'Sluice Signature',
	);
	return trimmedSecret(credential.verifyToken);
}

/** Where to keep events. @throws ConfigError */
export function storeCredential(context: CredentialContext): Promise<StoreCredential> {
	return readCredential<StoreCredential & object>(context, 'sluiceStoreApi', 'Sluice Store');
}

/**
 * One that was deleted, or is not shared with this workflow any more, is a fault of the configuration.
 *
 * @param shown what n8n calls its type
 * @throws ConfigError
 */
export async function readCredential<T extends object>(
	context: CredentialContext,
	name: string,
	shown: string,
	index?: number,
): Promise<T> {
	const path = `credentials.${name}`;
	if (!context.getNode().credentials?.[name]) {
		throw new ConfigError(path, `a ${shown} credential to be chosen`);
	}
	try {
		return await context.getCredentials<T>(name, index);
	} catch (cause) {
		throw new ConfigError(
			path,
			`a ${shown} credential that n8n can read; choose it anew`,
			undefined,
			{
				cause,
			},
		);
	}
}

/** White space around a secret came with the copy, and nobody sees it in the dialog. */
export function trimmedSecret(value: unknown): string {
	return typeof value === 'string' ? value.trim() : '';
}
