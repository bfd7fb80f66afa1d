import { checkChoice } from '../check-value';
import type { AnswerConfig } from '../config';
import { ConfigError } from '../errors';
import type { ReceiverInput } from '../pipeline/parse-receiver';
import type { AnswerBody, RefusalBody } from '../pure/answer-bodies';
import { HANDSHAKE_KINDS, showsVerifyToken } from '../pure/handshake-kinds';
import { parseHeaderLines } from '../pure/header-lines';
import { parseAnswer } from '../receiver/configured-answer';
import { validateSecret } from '../signature/validate-secret';
import { readNumber } from './read-number';
import { sameName, type SettingPath } from './setting-path';

/** Of the dialogs of receivers. */
export interface HandshakeSettings {
	/** One of HANDSHAKE_KINDS; empty or `none`: such requests are like any other. */
	readonly handshake?: string | undefined;
	/** Brings the verify token, from where the host keeps secrets; asked only where the sender shows one. */
	readonly verifyToken: () => unknown;
}

/** @throws ConfigError naming the dialog's field, never a verify token */
export function toHandshake(
	{ handshake = '', verifyToken }: HandshakeSettings,
	at: SettingPath = sameName,
): Pick<ReceiverInput, 'handshake'> {
	if (handshake === '' || handshake === 'none') return {};
	const kind = checkChoice(handshake, at('handshake'), HANDSHAKE_KINDS);
	if (!showsVerifyToken(kind)) return { handshake: { kind } };
	const token = verifyToken();
	validateSecret('signature', token, at('verifyToken'));
	return { handshake: { kind, secrets: [token] } };
}

export interface AnswerSettings {
	/** May be digits; empty: 200. */
	readonly answerStatus?: number | string | undefined;
	readonly answerBody?: AnswerBody | undefined;
	/** Where the body is text or json. */
	readonly answerText?: string | undefined;
	/** `Name: value`, one a line. */
	readonly answerHeaders?: string | undefined;
	/** What is answered to a push that is refused; its status stays. */
	readonly answerRefusals?: RefusalBody | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toAnswer(
	{ answerStatus, answerBody, answerText, answerHeaders, answerRefusals }: AnswerSettings,
	at: SettingPath = sameName,
): Pick<ReceiverInput, 'answer'> {
	const headers = readHeaders(answerHeaders, at('answerHeaders'));
	const isUsual = answerBody === undefined || answerBody === 'ours';
	const answer: AnswerConfig = {
		...(answerStatus === undefined || answerStatus === ''
			? {}
			: { status: readNumber(answerStatus, at('answerStatus')) }),
		...(headers ? { headers } : {}),
		...(isUsual ? {} : { body: answerBody }),
		...(answerRefusals === undefined || answerRefusals === 'ours'
			? {}
			: { refusals: answerRefusals }),
		...(answerBody === 'text' || answerBody === 'json' ? { text: answerText ?? '' } : {}),
	};
	if (Object.keys(answer).length === 0) return {};
	return { answer: parseAnswer(answer, (name) => at(NAMES[name])) };
}

const NAMES = {
	status: 'answerStatus',
	headers: 'answerHeaders',
	body: 'answerBody',
	text: 'answerText',
	refusals: 'answerRefusals',
} as const satisfies Record<keyof AnswerConfig, keyof AnswerSettings>;

function readHeaders(lines = '', path: string): Readonly<Record<string, string>> | undefined {
	const pairs = parseHeaderLines(lines);
	if (pairs.length === 0) return undefined;
	const nameless = pairs.find(([name]) => name === '');
	if (nameless) throw new ConfigError(path, 'lines such as "Cache-Control: no-store"', nameless[1]);
	const names = pairs.map(([name]) => name.toLowerCase());
	const twice = names.find((name, index) => names.indexOf(name) !== index);
	if (twice !== undefined) throw new ConfigError(path, 'each header once', twice);
	return Object.fromEntries(pairs);
}
