import { CoreError, DeliveryError } from '../../../errors';
import type { Resolved } from '../../secret-ref';
import { readRetryAfter } from '../answer';
import type { PushResponse } from '../transport';
import { USER_AGENT } from '../user-agent';
import type { AuthPorts } from './auth-kind';
import { basicText } from './basic';
import { isToken } from './bearer';
import { MAX_AUTH_TEXT } from './check-text';
import type { OAuth2Auth } from './oauth2-config';

export interface AccessToken {
	readonly value: string;
	/** Undefined where the server does not say. */
	readonly expiresInMs?: number;
}

/**
 * Asks the token endpoint for an access token (RFC 6749, 4.4). It is reached through the transport of the endpoint, and so under the same
 * guard, time limit and bound of what is read.
 *
 * @throws DeliveryError ERR_SINK_TOKEN where it gives none; as the transport. No message holds a secret, or a text of the server
 */
export async function fetchToken(
	config: Resolved<OAuth2Auth>,
	{ transport, clock, timeoutMs, signal }: AuthPorts & { readonly signal: AbortSignal },
): Promise<AccessToken> {
	const { headers, body } = tokenRequest(config);
	const url = config.tokenUrl;
	try {
		const response = await transport.send({
			method: 'POST',
			url,
			headers,
			body: new TextEncoder().encode(body),
			timeoutMs,
			signal,
		});
		return readToken(response, clock.now());
	} catch (error) {
		if (!(error instanceof DeliveryError) || error.code === 'ERR_SINK_TOKEN') throw error;
		throw ofTokenEndpoint(error);
	}
}

function tokenRequest({
	clientId,
	clientSecret,
	scope,
	audience,
	clientAuth,
}: Resolved<OAuth2Auth>): {
	headers: Record<string, string>;
	body: string;
} {
	const isInBody = clientAuth === 'body';
	const fields = {
		grant_type: 'client_credentials',
		...(scope ? { scope } : {}),
		...(audience ? { audience } : {}),
		...(isInBody ? { client_id: clientId, client_secret: clientSecret } : {}),
	};
	const headers = {
		'Content-Type': 'application/x-www-form-urlencoded',
		Accept: 'application/json',
		'User-Agent': USER_AGENT,
		...(isInBody
			? {}
			: { Authorization: `Basic ${basicText(formText(clientId), formText(clientSecret))}` }),
	};
	return { headers, body: new URLSearchParams(fields).toString() };
}

/** RFC 6749, 2.3.1: both are form-encoded before they are put together. */
function formText(text: string): string {
	return new URLSearchParams({ a: text }).toString().slice('a='.length);
}

function readToken({ status, headers, body }: PushResponse, now: number): AccessToken {
	const answer = jsonObject(body);
	if (status < 200 || status > 299) {
		const { error } = answer;
		// The codes of RFC 6749, 5.2 and their like; its description may repeat what was sent.
		const code = typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? ` (${error})` : '';
		throw noToken(`answered ${status}${code}`, {
			status,
			retryAfterMs: readRetryAfter(headers['retry-after']?.[0], now),
		});
	}
	const { access_token: value, token_type: type, expires_in: expiresIn } = answer;
	if (typeof value !== 'string' || value.length > MAX_AUTH_TEXT || !isToken(value)) {
		throw noToken('gave no access_token', { status });
	}
	// Some servers leave it out, though it is required.
	if (type !== undefined && String(type).toLowerCase() !== 'bearer') {
		throw noToken('gave a token that is no bearer token', { status });
	}
	const seconds = Number(expiresIn);
	return {
		value,
		...(seconds > 0 && Number.isFinite(seconds) ? { expiresInMs: seconds * 1_000 } : {}),
	};
}

function jsonObject(body: Uint8Array): Readonly<Record<string, unknown>> {
	try {
		return Object(JSON.parse(new TextDecoder().decode(body))) as Record<string, unknown>;
	} catch {
		return {};
	}
}

function noToken(
	what: string,
	{ status, retryAfterMs }: { readonly status: number; readonly retryAfterMs?: number | undefined },
): DeliveryError {
	return new DeliveryError('ERR_SINK_TOKEN', `the token endpoint ${what}`, {
		details: { status },
		...(retryAfterMs === undefined ? {} : { retryAfterMs }),
	});
}

function ofTokenEndpoint({ code, message, details, retryable }: CoreError): DeliveryError {
	return new DeliveryError(code, `the token endpoint: ${message}`, { details, retryable });
}
