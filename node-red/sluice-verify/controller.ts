import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { CoreError, verifyBody } from '../../core/index';
import { numberOf } from '../runtime/buffer-settings';
import { onInput } from '../runtime/input';
import { bodyOf } from '../runtime/item-event';
import { secretsOf } from '../runtime/secrets';
import { startNode } from '../runtime/start-node';
import { reportTo, translator } from '../runtime/status';

export interface VerifyNodeConfig extends NodeDef {
	readonly secret?: string;
	readonly header?: string;
	readonly leewaySeconds?: number | string;
	readonly allowSha1?: boolean;
}

type HeaderMap = Record<string, string | string[] | undefined>;
type VerifyMessage = NodeMessage & {
	req?: { headers?: HeaderMap };
	headers?: HeaderMap;
	error?: unknown;
	sluiceClaims?: unknown;
};

/** Verified messages leave by the first output, refused ones by the second with `msg.error`; where that is not wired, as an error. */
export function startVerify(RED: NodeAPI, node: Node, config: VerifyNodeConfig): void {
	startNode(node, (status) => {
		const translate = translator(RED);
		const secrets = secretsOf(RED, config.secret);
		const header = (config.header?.trim() || 'X-Dt-Signature').toLowerCase();
		const leewaySeconds = numberOf(config.leewaySeconds ?? 60, 'leewaySeconds');
		const allowSha1 = config.allowSha1 ?? false;
		const hasRefusedWire = ((node as Node & { wires?: string[][] }).wires?.[1] ?? []).length > 0;
		onInput(node, reportTo(status, translate), async (message: VerifyMessage, send) => {
			try {
				const token = headerOf(message, header);
				await verifyBody({
					token,
					body: bodyOf(message.payload),
					secrets,
					leewaySeconds,
					allowSha1,
				});
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

function headerOf({ headers, req }: VerifyMessage, name: string): string | undefined {
	for (const map of [req?.headers, headers]) {
		const found = Object.entries(map ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
		if (found !== undefined) return Array.isArray(found) ? found[0] : found;
	}
	return undefined;
}
