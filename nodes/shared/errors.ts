import { NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { CoreError, errorHint, errorPlace, type ErrorCode } from '../../core/index';

/** What to do about an error, where there is more to say than its message does; docs/errors.md says it at length. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
	ERR_CONFIG_INVALID: 'Correct this setting of the node.',
	ERR_TEMPLATE_SYNTAX: 'Correct the Jsonnet template at this place.',
	ERR_TEMPLATE_RUNTIME: 'Correct the template, or the item that it was given.',
	ERR_TEMPLATE_LIMIT: 'Make the template do less: it took more steps, time or memory than allowed.',
	ERR_COLUMN_VALUE: 'Correct the path, or give the column a default.',
	ERR_BODY_UNREADABLE: 'The columns need JSON here.',
	ERR_SIGNATURE_MISSING: 'Check that the token parameter finds the header with the signature.',
	ERR_SIGNATURE_MISMATCH:
		'The sender used another secret. Where it was changed, give the former one as the previous secret.',
	ERR_TOKEN_MALFORMED: 'Check that the token parameter gives the header’s whole value, a JWT.',
	ERR_ALG_NOT_ALLOWED: 'The sender has to sign with HS256.',
	ERR_TOKEN_EXPIRED: 'Verify sooner, or check the clocks of both sides.',
	ERR_TOKEN_NOT_YET_VALID: 'Check the clocks of both sides.',
	ERR_CHECKSUM_MISSING: 'The sender has to put checksum_sha256 into the token.',
	ERR_CHECKSUM_MISMATCH:
		'The body has to be the exact text that was signed: switch on Raw Body in the node that received it, or receive with a Sluice Trigger.',
	ERR_BUFFER_FULL: 'Let the buffer drain, or free disk space, and run again.',
	ERR_QUOTA: 'Let the buffer drain, replay or purge its dead letters, then run again.',
	ERR_EXPORT_UNKNOWN: 'Publish the workflow whose Sluice Trigger defines the buffer.',
	ERR_STORE_OWNED:
		'Another process has this directory open. Give each process its own: Store, From a Credential.',
	ERR_STORE_UNAVAILABLE: 'Run again; the log of n8n says more if it stays so.',
	ERR_SINK_UNAVAILABLE:
		'Switch on Retry On Fail in the settings of this node, or add the item to a buffer that is forwarded, which retries for a day.',
	ERR_SINK_TIMEOUT:
		'Give it more time under Options, or add the item to a buffer that is forwarded.',
	ERR_SINK_REJECTED:
		'The endpoint does not want this request: check URL, credential, signature and body.',
	ERR_TABLE_MISMATCH:
		'Change the table, or the columns and the primary key of this node, then run again.',
	ERR_SINK_ADDRESS_BLOCKED:
		'A URL from an expression has to be https and public. Type the URL as fixed text to reach private addresses.',
};

/**
 * The one place where core's errors become n8n's: an answer of an endpoint a NodeApiError with its status, all others a
 * NodeOperationError. The message says what happened, the description what to do next.
 */
export function toNodeError(
	node: INode,
	error: unknown,
	itemIndex?: number,
): NodeOperationError | NodeApiError {
	if (error instanceof NodeOperationError || error instanceof NodeApiError) {
		if (itemIndex !== undefined) error.context['itemIndex'] ??= itemIndex;
		return error;
	}
	const at = itemIndex === undefined ? {} : { itemIndex };
	if (!(error instanceof CoreError)) {
		return new NodeOperationError(node, error instanceof Error ? error : String(error), at);
	}
	const { message, code } = error;
	const options = { message, description: `${adviceFor(error)}${placeOf(error)} (${code})`, ...at };
	const status = statusOf(error);
	if (status === undefined) return saying(message, new NodeOperationError(node, error, options));
	const api = new NodeApiError(node, { message, code }, { ...options, httpCode: String(status) });
	return saying(message, api);
}

/**
 * n8n puts a sentence of its own in the place of a message that holds the code of a system error, such as "The file or directory does not
 * exist" where ENOENT is in it. Ours names the setting.
 */
export function saying<T extends Error>(message: string, error: T): T {
	error.message = message;
	return error;
}

/** For logs, the code alone: what else an error holds may be the sender's. */
export function codeOf(error: unknown): string {
	return error instanceof CoreError ? error.code : 'unexpected error';
}

/** Status that an endpoint answered with. */
export function statusOf(error: unknown): number | undefined {
	if (!(error instanceof CoreError) || error.stage !== 'deliver') return undefined;
	const { status } = error.details;
	return typeof status === 'number' ? status : undefined;
}

function placeOf(error: CoreError): string {
	const place = errorPlace(error);
	const hint = errorHint(error);
	const where = place === undefined ? '' : ` It failed at ${place}.`;
	return hint === undefined ? where : ` ${hint}${where}`;
}

/** `details.advice` goes before the advice for the code. */
function adviceFor({ code, details }: CoreError): string {
	const { advice } = details;
	return typeof advice === 'string' ? advice : (ADVICE[code] ?? 'See docs/errors.md of Sluice.');
}
