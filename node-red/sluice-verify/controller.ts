import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import {
	authenticate,
	CoreError,
	fetchText,
	valueLists,
	type SchemeSettings,
	type SignedRequest,
} from '../../core/index';
import { onInput } from '../runtime/input';
import { bytesOf } from '../runtime/item-event';
import { authConfigs } from '../runtime/schemes';
import { startNode } from '../runtime/start-node';
import { reportTo, translator } from '../runtime/status';

export interface VerifyNodeConfig extends NodeDef {
	readonly secret?: string;
	readonly auth?: readonly SchemeSettings[];
}

type HeaderMap = Record<string, string | string[] | undefined>;
type VerifyMessage = NodeMessage & {
	req?: {
		method?: string;
		originalUrl?: string;
		query?: Record<string, unknown>;
		headers?: HeaderMap;
	};
	headers?: HeaderMap;
	error?: unknown;
};

/** Verified messages leave by the first output, refused ones by the second with `msg.error`; where that is not wired, as an error. */
export function startVerify(RED: NodeAPI, node: Node, config: VerifyNodeConfig): void {
	startNode(node, (status) => {
		const translate = translator(RED);
		const auth = authConfigs(RED, config.auth, { secretIds: [config.secret] });
		const hasRefusedWire = ((node as Node & { wires?: string[][] }).wires?.[1] ?? []).length > 0;
		onInput(node, reportTo(status, translate), async (message: VerifyMessage, send) => {
			try {
				await authenticate(requestOf(message), auth);
			} catch (error) {
				if (!(error instanceof CoreError) || !hasRefusedWire) throw error;
				status.show('yellow', 'ring', translate('status.refused', { code: error.code }));
				message.error = {
					code: error.code,
					message: error.message,
					source: { id: node.id, type: node.type },
				};
				send([null, message]);
				return;
			}
			status.show('green', 'ring', translate('status.verified'));
			send([message, null]);
		});
	});
}

/** The request of an `http in` node, or what the message itself says. */
function requestOf({ payload, req, headers = {} }: VerifyMessage): SignedRequest {
	return {
		method: req?.method?.toUpperCase() ?? 'POST',
		target: req?.originalUrl,
		query: valueLists(req?.query ?? {}),
		headers: valueLists({ ...headers, ...req?.headers }, (name) => name.toLowerCase()),
		body: bytesOf(payload),
		now: Date.now(),
		fetchText,
	};
}
