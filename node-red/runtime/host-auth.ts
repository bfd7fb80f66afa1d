import type { NodeAPI } from 'node-red';

/** Headers of a request by which Node-RED itself has let it in: its password is no part of what came. */
export function hostSecretHeaders(RED: NodeAPI): readonly string[] {
	const { httpNodeAuth } = RED.settings as unknown as Record<string, unknown>;
	return httpNodeAuth ? ['authorization'] : [];
}
