import { describeThrown } from '../../describe-thrown';
import { CoreError, DeliveryError } from '../../errors';
import { systemReason } from '../../runtime/system-reason';

/** Why nothing could be written, for a person. Nothing is wrong with the rows, so it comes again. */
export function fileFault(
	error: unknown,
	{ name, path }: { readonly name: string; readonly path: string },
): CoreError {
	if (error instanceof CoreError) return error;
	const reason = systemReason(error) ?? describeThrown(error);
	const where = name === path ? `"${path}"` : `"${name}" (${path})`;
	const message = `directory ${where} cannot be written: ${reason}`;
	return new DeliveryError('ERR_SINK_UNAVAILABLE', message, { cause: error });
}
