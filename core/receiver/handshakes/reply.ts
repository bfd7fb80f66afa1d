import { createHmac } from 'node:crypto';
import { ReceiveError } from '../../errors';
import type { FetchText } from '../../runtime/fetch-text';
import { isConfirmationUrl } from '../../signature/sns/sns-url';
import type { Answer } from '../request';
import type { Reply } from './handshake';
import { valuesAt, type Seen } from './seen';
import { headerTokenAt, refused, signedTokenAt, tokenAt } from './token';

/** No browser takes what is given back for a page, and nobody keeps it. */
const INERT = { 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } as const;

interface ReplyPorts {
	/** The secret of the way `hmac`. */
	readonly secret: string | undefined;
	readonly fetchText: FetchText | undefined;
}

/** @throws ReceiveError ERR_HANDSHAKE_REFUSED, ERR_SENDER_UNAVAILABLE */
export async function replyTo(reply: Reply, seen: Seen, ports: ReplyPorts): Promise<Answer> {
	switch (reply.as) {
		case 'text':
			return answer(tokenAt(reply.token, seen), 'text/plain; charset=utf-8');
		case 'json':
			return json({ [reply.name]: tokenAt(reply.token, seen) });
		case 'hmac': {
			const { name, macName, prefix = '', encoding } = reply;
			const token = signedTokenAt(reply.token, seen);
			if (!ports.secret) throw new TypeError('a receiver that was not checked');
			const mac = createHmac('sha256', ports.secret).update(token).digest(encoding);
			return json({ ...(name === undefined ? {} : { [name]: token }), [macName]: prefix + mac });
		}
		case 'header':
			return empty({ [reply.name]: headerTokenAt(reply.token, seen) });
		case 'permission':
			return permission(seen);
		case 'confirmation':
			await confirm(valuesAt(reply.url, seen), valuesAt({ path: 'TopicArn' }, seen), ports);
			return empty({});
		case 'empty':
			return empty({});
	}
}

/** The name of a host, and perhaps its port. */
const ORIGIN = /^[A-Za-z0-9.-]{1,253}(:\d{1,5})?$/;

/**
 * Given at once, so that `WebHook-Request-Callback` does not have to be called: that would be a URL of somebody who is not known. Any
 * rate, since a receiver that is too busy says so itself (429).
 */
function permission(seen: Seen): Answer {
	const [origin = '', ...others] = valuesAt({ header: 'webhook-request-origin' }, seen);
	if (!ORIGIN.test(origin) || others.length > 0) throw refused('WebHook-Request-Origin is no host');
	return empty({
		allow: 'POST, OPTIONS',
		'webhook-allowed-origin': origin,
		'webhook-allowed-rate': '*',
	});
}

async function confirm(
	[url]: readonly string[],
	[topic]: readonly string[],
	{ fetchText }: ReplyPorts,
): Promise<void> {
	if (url === undefined || topic === undefined || !isConfirmationUrl(url, topic)) {
		throw refused('SubscribeURL is none of the topic at SNS');
	}
	const status = await fetchText?.(url).then(
		(fetched) => fetched.status,
		(cause: unknown) => {
			throw unconfirmed('it could not be reached', cause);
		},
	);
	if (status !== 200) throw unconfirmed(`it answered ${status ?? 'nothing'}`);
}

function unconfirmed(why: string, cause?: unknown): ReceiveError {
	return new ReceiveError(
		'ERR_SENDER_UNAVAILABLE',
		`SNS was asked to confirm the subscription, and ${why}`,
		cause === undefined ? {} : { cause },
	);
}

function json(body: object): Answer {
	return answer(JSON.stringify(body), 'application/json; charset=utf-8');
}

function answer(body: string, type: string): Answer {
	return { status: 200, headers: { 'content-type': type, ...INERT }, body };
}

function empty(headers: Readonly<Record<string, string>>): Answer {
	return { status: 200, headers: { ...headers, ...INERT }, body: '' };
}
