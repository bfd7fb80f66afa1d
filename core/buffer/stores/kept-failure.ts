import { shorten, shortenBytes } from '../../message-text';
import { MAX_ANSWER_BYTES, SHOWN_ANSWER_LENGTH } from '../../pure/bounds';
import type { EndpointAnswer, Failure } from '../store';

/** UTF-16 units that are kept of an error's message. */
const MAX_MESSAGE_LENGTH = 2_000;

/** An error on its way into a store. */
export interface PlainError {
	readonly code: string;
	readonly message: string;
}

/** Why a batch is retried or was put aside, as it is kept with the batch. */
export interface KeptFailure extends PlainError {
	/** Store time. */
	readonly at: number;
	/** Of the answer that decided it, where an endpoint answered. */
	readonly status: number | undefined;
	/** Its text, at most SHOWN_ANSWER_LENGTH. */
	readonly text: string | undefined;
}

/** A failure of a batch that is put aside. */
export interface FinalFailure extends KeptFailure {
	/** All that is kept of the text, at most MAX_ANSWER_BYTES; it counts for the quota as the rows do. */
	readonly answer: string | undefined;
}

/** What is kept of a failed attempt. Text in a database has no NUL and no half of a surrogate pair. */
export function keptFailure(at: number, error: PlainError, answer?: EndpointAnswer): KeptFailure {
	const { status, text } = answer ?? {};
	return {
		at,
		code: error.code,
		message: shorten(storable(error.message), MAX_MESSAGE_LENGTH),
		status,
		text: text === undefined ? undefined : shorten(storable(text), SHOWN_ANSWER_LENGTH),
	};
}

/** The same of one after which the batch is put aside. */
export function finalFailure(at: number, error: PlainError, answer?: EndpointAnswer): FinalFailure {
	const { text } = answer ?? {};
	return {
		...keptFailure(at, error, answer),
		answer: text === undefined ? undefined : shortenBytes(storable(text), MAX_ANSWER_BYTES),
	};
}

/** Of a dead letter of which a damaged record does not tell why. */
export function unknownFailure(at: number): FinalFailure {
	return finalFailure(at, { code: '', message: '' });
}

/** Bytes that a dead letter's answer takes of the quota. */
export function answerBytesOf({ answer }: Pick<FinalFailure, 'answer'>): number {
	return answer === undefined ? 0 : Buffer.byteLength(answer);
}

/** @param answer the whole text, where it is asked for */
export function showFailure(
	{ at, code, message, status, text }: KeptFailure,
	toWall: (at: number) => number,
	answer = text,
): Failure {
	const shown = answer === undefined ? {} : { text: answer };
	return {
		at: toWall(at),
		code,
		message,
		...(status === undefined ? {} : { answer: { status, ...shown } }),
	};
}

function storable(text: string): string {
	return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
