/** Errors as clients of the Keboola Buffer know them (K31 to K39). */
import * as z from 'zod/v4';
import { formatByteSize } from '../../pure/byte-size';
import { placeOf, type InputIssue } from '../input-error';
import type { ErrorForm, Refusal } from '../refusal';
import { sentence } from './sentence';

interface Told {
	readonly status: number;
	/** Behind `buffer.`. */
	readonly name: string;
	readonly message: string;
}

/** Where a status alone says less than its code. */
const BY_CODE: Readonly<Record<string, (refusal: Refusal) => Partial<Told>>> = {
	ERR_INPUT_INVALID: ({ issues, message }) => tellIssues(issues, message),
	ERR_ROUTE_UNKNOWN: ({ path }) => ({
		name: 'endpointNotFound',
		message: `No endpoint found for path ${JSON.stringify(path)}.`,
	}),
	// A missing token is a missing field (K35).
	ERR_CREDENTIAL_MISSING: () => ({
		status: 400,
		name: 'missingField',
		message: '"X-StorageApi-Token" is missing from header.',
	}),
	ERR_CREDENTIAL_REFUSED: () => ({ message: 'Invalid access token.' }),
	ERR_PROJECT_UNKNOWN: () => ({ name: 'projectNotFound' }),
	ERR_RECEIVER_UNKNOWN: () => ({ name: 'receiverNotFound' }),
	ERR_EXPORT_NOT_FOUND: () => ({ name: 'exportNotFound' }),
	ERR_TASK_UNKNOWN: () => ({ name: 'taskNotFound' }),
	ERR_TASK_RUNNING: () => ({ name: 'taskAlreadyExists' }),
	ERR_DEFINITION_EXISTS: ({ details }) => ({ name: `${kindOf(details)}AlreadyExists` }),
	ERR_DEFINITION_LIMIT: ({ details }) => ({ name: `${kindOf(details)}CountLimitReached` }),
	ERR_BODY_TOO_LARGE: ({ details, message }) => ({ message: tooLarge(details, message) }),
	ERR_EXPORTS_REFUSED: () => ({ name: 'multipleErrors' }),
	ERR_QUOTA: () => NO_SPACE,
	ERR_BUFFER_FULL: () => NO_SPACE,
};

const NO_SPACE = {
	status: 507,
	name: 'insufficientStorage',
	message: 'No free space in the buffer.',
};

const BY_STATUS: Readonly<Record<number, string>> = {
	400: 'badRequest',
	401: 'unauthorized',
	403: 'forbidden',
	404: 'notFound',
	405: 'methodNotAllowed',
	409: 'conflict',
	413: 'payloadTooLarge',
	415: 'unsupportedMediaType',
	421: 'misdirectedRequest',
	429: 'tooManyRequests',
	431: 'headerTooLarge',
	503: 'serviceUnavailable',
};

/** `{"statusCode", "error": "buffer.…", "message"}`. */
export const keboolaErrors: ErrorForm = {
	schema: z.object({ statusCode: z.int(), error: z.string(), message: z.string() }),
	write(refusal) {
		const said = BY_CODE[refusal.code]?.(refusal) ?? {};
		const { status = refusal.status } = said;
		const { name = BY_STATUS[status] ?? 'internalError', message = sentence(refusal.message) } =
			said;
		return { status, json: { statusCode: status, error: `buffer.${name}`, message } };
	},
};

/** K67. */
function tooLarge({ maxBodyBytes: limit }: Refusal['details'], message: string): string {
	if (typeof limit !== 'number') return sentence(message);
	return `Payload too large, the maximum size is ${formatByteSize(limit)}.`;
}

function kindOf({ kind }: Refusal['details']): string {
	return kind === 'export' ? 'export' : 'receiver';
}

const NAMES: Readonly<Record<InputIssue['problem'], string>> = {
	missing: 'missingField',
	type: 'invalidFieldType',
	length: 'invalidLength',
	range: 'invalidRange',
	choice: 'invalidEnumValue',
	unknown: 'badRequest',
	form: 'badRequest',
};

/** Several are told in one message, under the name of the first. */
function tellIssues(issues: readonly InputIssue[], message: string): Partial<Told> {
	const [first] = issues;
	if (!first) return { message: sentence(message) };
	return {
		name: NAMES[first.problem],
		message: sentence(issues.slice(0, 10).map(tellIssue).join('; ')),
	};
}

function tellIssue(issue: InputIssue): string {
	const { problem, expected, bound, path, given } = issue;
	const place = placeOf(issue);
	// Nothing that a client of this API sends in a body is secret; what is in its path may be.
	const got = issue.in === 'body' && typeof given === 'string' ? given : undefined;
	const butGot = got === undefined ? '' : ` but got value ${JSON.stringify(got)}`;
	switch (problem) {
		case 'missing':
			return `${JSON.stringify(String(path.at(-1) ?? issue.in))} is missing from ${placeOf({ ...issue, path: path.slice(0, -1) })}`;
		case 'length': {
			const length = got === undefined ? '' : `${butGot} (len=${Array.from(got).length})`;
			return `length of ${place} must be ${boundOf(bound)}${length}`;
		}
		case 'range':
			return `${place} must be ${boundOf(bound)}`;
		case 'choice': {
			const names = expected.replace('expected one of ', '').split(', ');
			return `value of ${place} must be one of ${names.map((one) => JSON.stringify(one)).join(', ')}${butGot}`;
		}
		default:
			return `invalid value of ${place}: ${expected}`;
	}
}

function boundOf(bound: InputIssue['bound']): string {
	return `${bound?.kind === 'max' ? 'lesser' : 'greater'} or equal than ${bound?.value}`;
}
