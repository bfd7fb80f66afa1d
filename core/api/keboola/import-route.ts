import * as z from 'zod/v4';
import { ReceiveError, SignatureError } from '../../errors';
import { normalizeHeaders } from '../../receiver/request';
import type { ApiCore } from '../api-core';
import { InputError } from '../input-error';
import { emptyReply, route } from '../route';
import { storeId } from './keboola-ids';
import { pushRefusal } from './push-refusal';
import { idText } from './schemas';

const SECRET_LENGTH = 48;

export const importRoute = route<ApiCore>()({
	method: 'POST',
	pattern: '/v1/import/{project}/{receiver}/{secret}',
	operation: 'import',
	summary:
		'Takes an event: it is on disk in all exports of the receiver before the answer, or in none.',
	// The secret of the receiver is what lets it in.
	scope: 'open',
	input: {
		path: z.object({
			project: z.string(),
			receiver: idText,
			secret: z.string().length(SECRET_LENGTH),
		}),
		isPush: true,
	},
	output: { 200: { description: 'It is stored, or no export takes such events.' } },
	errors: [
		'ERR_RECEIVER_UNKNOWN',
		'ERR_RECEIVER_CLOSING',
		'ERR_RATE_LIMITED',
		'ERR_BODY_TOO_LARGE',
		'ERR_BODY_UNREADABLE',
		'ERR_CONTENT_TYPE',
		'ERR_CONTENT_ENCODING',
		'ERR_TOO_MANY_HEADERS',
		'ERR_EXPORTS_REFUSED',
		'ERR_TEMPLATE_RUNTIME',
		'ERR_REQUEST_TOO_LARGE',
		'ERR_QUOTA',
		'ERR_BUFFER_FULL',
	],
	handle: async ({ core, path, request }) => {
		const { project, receiver } = path;
		requireContentType(normalizeHeaders(request.headers)['content-type']);
		let refusal: unknown;
		const answer = await core.pipeline.accept(storeId(project, receiver), request, {
			onRefused: (error) => (refusal = error),
		});
		if (answer.status < 400) return emptyReply(200);
		if (refusal instanceof SignatureError || isUnknown(refusal)) {
			const which = refusal instanceof SignatureError ? ' with given secret' : '';
			const message = `receiver ${JSON.stringify(receiver)}${which} not found`;
			throw new ReceiveError('ERR_RECEIVER_UNKNOWN', message);
		}
		throw pushRefusal(refusal);
	},
});

function isUnknown(refusal: unknown): boolean {
	return refusal instanceof ReceiveError && refusal.code === 'ERR_RECEIVER_UNKNOWN';
}

/** K64. @throws InputError */
function requireContentType(values: readonly string[] | undefined): void {
	if (values?.[0]) return;
	const missing = { problem: 'missing', expected: 'is missing', given: undefined } as const;
	throw new InputError([{ in: 'header', path: ['Content-Type'], ...missing }]);
}
