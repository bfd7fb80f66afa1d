import type { IExecuteFunctions } from 'n8n-workflow';
import { ConfigError } from '../../core/index';

/** The current secret, then the previous one while senders change over. @throws ConfigError when none is chosen */
export async function signatureSecrets(
	context: IExecuteFunctions,
	index: number,
): Promise<readonly [string, ...string[]]> {
	if (!context.getNode().credentials?.['sluiceSignatureApi']) {
		throw new ConfigError('credential', 'a Sluice Signature credential to be chosen');
	}
	const { secret, previousSecret } = await context.getCredentials<{
		secret?: unknown;
		previousSecret?: unknown;
	}>('sluiceSignatureApi', index);
	if (!isText(secret)) {
		throw new ConfigError('credential', 'a Sluice Signature credential whose secret is not empty');
	}
	return isText(previousSecret) ? [secret, previousSecret] : [secret];
}

/** The header of the credential, where one is chosen. */
export async function credentialHeaders(
	context: IExecuteFunctions,
	index: number,
): Promise<Record<string, string>> {
	if (!context.getNode().credentials?.['sluiceHttpHeaderApi']) return {};
	const { headerName, headerValue } = await context.getCredentials<{
		headerName: string;
		headerValue: string;
	}>('sluiceHttpHeaderApi', index);
	return { [headerName]: headerValue };
}

function isText(value: unknown): value is string {
	return typeof value === 'string' && value !== '';
}
