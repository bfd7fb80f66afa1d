/** Why a push is refused, as clients of this API are told (K70). */
import { BufferError, CoreError, MappingError, ReceiveError } from '../../errors';
import { sentence } from './sentence';

/** @param refusal what the pipeline said */
export function pushRefusal(refusal: unknown): unknown {
	if (!(refusal instanceof CoreError)) return refusal;
	const { code, details, cause, message } = refusal;
	if (code === 'ERR_EXPORT_UNKNOWN') {
		const text = 'the receiver has no export, so the event would be lost';
		return new BufferError('ERR_STORE_UNAVAILABLE', text, { cause: refusal });
	}
	if (code === 'ERR_EXPORTS_REFUSED') {
		const lines = message.split('\n').slice(1).join('\n');
		return new MappingError(code, `Multiple errors occurred:\n${lines}`, { cause: refusal });
	}
	// Whoever has asked for the body, it is the sender's (K70).
	if (code === 'ERR_CONTENT_TYPE')
		return new ReceiveError(code, message.replace('cannot parse request body: ', ''), { cause });
	const [name] = Array.isArray(details['exports']) ? (details['exports'] as string[]) : [];
	if (name === undefined || !(refusal instanceof MappingError)) return refusal;
	const said = cause instanceof CoreError ? cause.message : message;
	return new MappingError(
		code,
		`Failed to format record for export ${JSON.stringify(name)}:\n- ${sentenceEnd(said)}`,
		{ cause: refusal },
	);
}

/** Only its end: what an export says stands behind a dash. */
function sentenceEnd(text: string): string {
	return `${text.slice(0, 1)}${sentence(text).slice(1)}`;
}
