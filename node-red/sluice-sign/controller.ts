import type { Node, NodeAPI, NodeDef } from 'node-red';
import { ConfigError, signRequest, type SchemeSettings } from '../../core/index';
import type { BatchMessage } from '../runtime/batch-message';
import { rowsText } from '../runtime/batch-rows';
import { onInput } from '../runtime/input';
import { bodyOf, bytesOf } from '../runtime/item-event';
import { signatureConfigs } from '../runtime/schemes';
import { startNode } from '../runtime/start-node';
import { reportTo, translator } from '../runtime/status';

export interface SignNodeConfig extends NodeDef {
	readonly secret?: string;
	readonly signatures?: readonly SchemeSettings[];
}

type SignMessage = BatchMessage & {
	headers?: Record<string, unknown>;
	url?: unknown;
	method?: unknown;
};

/** The payload becomes exactly the bytes that were signed, so that an http request node sends these and no others (D29). */
export function startSign(RED: NodeAPI, node: Node, config: SignNodeConfig): void {
	startNode(node, (status) => {
		const translate = translator(RED);
		const signatures = signatureConfigs(RED, config.signatures, config.secret);
		if (signatures.length === 0) throw new ConfigError('signatures', 'at least one scheme');
		const work = async (message: SignMessage, send: (message: SignMessage) => void) => {
			const { payload } = message;
			const isJson = typeof payload === 'object' && !(payload instanceof Uint8Array);
			const body = rowsText(message, true) ?? bodyOf(payload);
			// Where the message says it, as an http request node reads it.
			const { url = '', method = 'POST' } = message;
			const request = {
				method: String(method),
				url: String(url),
				body: bytesOf(body),
				now: Date.now(),
			};
			const signed = await signRequest(request, signatures);
			message.headers = {
				...(isJson ? { 'content-type': 'application/json' } : {}),
				...message.headers,
				...signed,
			};
			message.payload = body;
			send(message);
			status.show('green', 'ring', translate('status.signed'));
		};
		onInput(node, reportTo(status, translate), work, { settles: true });
	});
}
