import { checkHeaders, type HeaderRules } from '../check-headers';
import { checkChoice, checkWhole } from '../check-value';
import type { AnswerConfig } from '../config';
import { ConfigError } from '../errors';
import { isJsonText } from '../event/is-json-text';
import { ANSWER_BODIES, BODILESS, REFUSAL_BODIES } from '../pure/answer-bodies';
import { ANSWER } from '../pure/bounds';
import { isHeaderValue } from '../pure/header-name';
import { PROTECTED_ANSWER_HEADERS } from '../pure/protected-headers';
import { errorAnswer } from './answer';
import type { Answer } from './request';

const TYPES = {
	text: 'text/plain; charset=utf-8',
	json: 'application/json; charset=utf-8',
} as const;

const HEADERS: HeaderRules = {
	max: ANSWER.headers,
	taken: PROTECTED_ANSWER_HEADERS,
	takenBy: 'the server',
	faultOf: (value) =>
		isHeaderValue(value) && value.length <= ANSWER.headerLength
			? undefined
			: `a text of at most ${ANSWER.headerLength} characters without line breaks and control characters`,
};

/** What was taken is answered as the configuration says: with its status and headers, and instead of our body its own. */
export function configuredAnswer(ours: Answer, config: AnswerConfig | undefined): Answer {
	if (!config) return ours;
	const { status = ours.status, headers = {}, body = 'ours', text = '' } = config;
	const theirs = Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
	);
	if (body === 'ours') return { status, headers: { ...ours.headers, ...theirs }, body: ours.body };
	if (body === 'empty') return { status, headers: theirs, body: '' };
	return { status, headers: { 'content-type': TYPES[body], ...theirs }, body: text };
}

/**
 * A refusal as the configuration says. Whoever wants no body wants none where a request is not authenticated either (Xero takes an address
 * only so).
 */
export function configuredRefusal(error: unknown, config: AnswerConfig | undefined): Answer {
	const ours = errorAnswer(error, config?.refusals);
	if (config?.body !== 'empty' || ours.status !== 401) return ours;
	const { 'content-type': _type, ...headers } = ours.headers;
	return { ...ours, headers, body: '' };
}

/**
 * Checks a configured answer.
 *
 * @param at the path of a field, for messages
 * @throws ConfigError naming the path and the bound
 */
export function parseAnswer(
	input: AnswerConfig,
	at: (name: keyof AnswerConfig) => string = (name) => `answer.${name}`,
): AnswerConfig {
	const { status, headers, body, text, refusals } = input;
	if (status !== undefined) checkWhole(status, at('status'), ANSWER.status);
	if (headers !== undefined) checkHeaders(headers, at('headers'), HEADERS);
	if (refusals !== undefined) checkChoice(refusals, at('refusals'), REFUSAL_BODIES);
	if (body !== undefined) checkChoice(body, at('body'), ANSWER_BODIES);
	if (BODILESS.includes(status ?? ANSWER.status.fallback) && body !== 'empty') {
		throw new ConfigError(at('body'), `empty, since answers with ${status} have no body`, body);
	}
	return {
		...(status === undefined ? {} : { status }),
		...(headers === undefined ? {} : { headers }),
		...(body === undefined ? {} : { body }),
		...(refusals === undefined ? {} : { refusals }),
		...(body === 'text' || body === 'json' ? { text: parseText(text, body, at('text')) } : {}),
	};
}

function parseText(text: unknown, body: 'text' | 'json', path: string): string {
	if (typeof text !== 'string' || text === '' || Buffer.byteLength(text) > ANSWER.textBytes) {
		throw new ConfigError(path, `a text of 1 to ${ANSWER.textBytes} bytes`);
	}
	if (!text.isWellFormed()) throw new ConfigError(path, 'a text without halves of characters');
	if (body === 'json' && !isJsonText(text))
		throw new ConfigError(path, 'JSON, such as {"ok": true}');
	return text;
}
