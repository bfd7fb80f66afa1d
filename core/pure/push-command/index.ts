/**
 * A command that pushes one event and signs it as a scheme wants it, for whoever tries a receiver: lines of a POSIX shell with curl and
 * openssl, to be copied. Pure, since a browser shows it too. A secret is never part of it: it comes from a variable of the environment,
 * and where that is missing the command stops and says so. Tests run the line of each scheme.
 */
import type { SchemeDescription } from '../scheme-description';
import { hmacParts } from './hmac';
import { basicParts, bearerParts, headerKeyParts, queryKeyParts } from './keys';
import { COMMAND_BODY, requestScript, type CommandParts, type CommandTarget } from './request';
import { quote } from './shell';
import { standardWebhooksParts } from './standard-webhooks';
import { bodyJwtParts, jwtParts } from './tokens';

export type { CommandTarget };

export interface PushCommand {
	/** Lines that are run one after the other. */
	readonly script: string;
	/**
	 * What has to be there: the variable SECRET; the variable TOKEN, with a token that only its issuer can make; or nothing. `sender`: only
	 * the sender itself can sign, and the script makes it send.
	 */
	readonly asks: 'secret' | 'token' | 'nothing' | 'sender';
}

type Fields = Readonly<Record<string, unknown>>;
type Parts = (fields: never, target: CommandTarget) => CommandParts;

const nothing: Parts = () => ({ asks: 'nothing' });

const PARTS: Readonly<Record<string, Parts>> = {
	'url-secret': nothing,
	none: nothing,
	'body-jwt': bodyJwtParts,
	hmac: hmacParts,
	'standard-webhooks': standardWebhooksParts,
	jwt: jwtParts,
	jwks: jwtParts,
	'header-key': headerKeyParts,
	bearer: bearerParts,
	basic: basicParts,
	'query-key': queryKeyParts,
};

/**
 * @param scheme its description; what is not set has the value that the description names
 * @param values the fields that are set; an empty one is not
 * @param target for `url-secret` the whole URL, since the secret is part of what is given to senders
 * @returns undefined for a scheme that no command is known for
 */
export function pushCommand(
	scheme: SchemeDescription,
	values: Fields,
	target: CommandTarget = {},
): PushCommand | undefined {
	const fields = withFallbacks(scheme, values);
	if (scheme.kind === 'sns') return publishToSns(fields);
	const parts = PARTS[scheme.kind]?.(fields as never, target);
	return parts && { script: requestScript(target, parts), asks: parts.asks };
}

function withFallbacks({ fields }: SchemeDescription, values: Fields): Fields {
	const given = fields.map((field) => {
		const value = values[field.name];
		const isSet = value !== undefined && value !== '';
		return [field.name, isSet || field.type === 'secrets' ? value : field.fallback] as const;
	});
	return Object.fromEntries(given);
}

/** Nobody else has its key. */
function publishToSns({ topics }: Fields): PushCommand {
	const [topic = ''] = String(topics)
		.split(/[\s,]+/)
		.filter(Boolean);
	const script = `aws sns publish --topic-arn ${quote(topic)} --message ${quote(COMMAND_BODY)}`;
	return { script, asks: 'sender' };
}
