import type { Node, NodeAPI, NodeDef } from 'node-red';
import { ConfigError, signBody } from '../../core/index';
import type { BatchMessage } from '../runtime/batch-message';
import { rowsText } from '../runtime/batch-rows';
import { numberOf } from '../runtime/buffer-settings';
import { onInput } from '../runtime/input';
import { bodyOf } from '../runtime/item-event';
import { secretsOf } from '../runtime/secrets';
import { startNode } from '../runtime/start-node';
import { reportTo, translator } from '../runtime/status';

export interface SignNodeConfig extends NodeDef {
	readonly secret?: string;
	readonly header?: string;
	readonly expiresInSeconds?: number | string;
}

type SignMessage = BatchMessage & { headers?: Record<string, unknown> };

/** The payload becomes exactly the bytes that were signed, so that an http request node sends these and no others (D29). */
export function startSign(RED: NodeAPI, node: Node, config: SignNodeConfig): void {
	startNode(node, (status) => {
		const translate = translator(RED);
		const [secret = ''] = secretsOf(RED, config.secret);
		const header = config.header?.trim() || 'X-Dt-Signature';
		const expiresInSeconds = numberOf(config.expiresInSeconds ?? 3600, 'expiresInSeconds');
		if (!(expiresInSeconds >= 1 && expiresInSeconds <= 86_400)) {
			throw new ConfigError('expiresInSeconds', 'a number from 1 to 86400', expiresInSeconds);
		}
		const work = async (message: SignMessage, send: (message: SignMessage) => void) => {
			const { payload } = message;
			const isJson = typeof payload === 'object' && !(payload instanceof Uint8Array);
			const body = rowsText(message, true) ?? bodyOf(payload);
			const token = await signBody({ body, secret, expiresInSeconds });
			message.headers = {
				...(isJson ? { 'content-type': 'application/json' } : {}),
				...message.headers,
				[header]: token,
			};
			message.payload = body;
			send(message);
			status.show('green', 'ring', translate('status.signed'));
		};
		onInput(node, reportTo(status, translate), work, { settles: true });
	});
}
