import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import type { ReceiverInput } from '../../core/pipeline/parse-receiver';
import type { Answer, PushedRequest } from '../../core/receiver/request';
import type { FetchText } from '../../core/runtime/fetch-text';
import { aPush, anExportInput, HOLDER, pipelineWorld } from './pipeline-fixtures';

export type Receiver = Omit<ReceiverInput, 'id'>;

/** What a receiver answers to one request, and how many events it has stored. */
export async function pushed(
	receiver: Receiver,
	request: Partial<PushedRequest>,
	{ now = 1_764_367_200_000, fetchText }: { now?: number; fetchText?: FetchText } = {},
): Promise<{ readonly answer: Answer; readonly stored: number }> {
	const world = await pipelineWorld(now, fetchText ? { fetchText } : {});
	try {
		const conditions = { count: 10, time: '1h', size: '1MB' };
		const config = anExportInput({ conditions });
		await world.pipeline.attachReceiver({ id: 'r1', ...receiver }, [{ config }], HOLDER).ready;
		const answer = await world.pipeline.accept('r1', aPush(request));
		const [held] = world.pipeline.held().receivers;
		const stored = (await world.store.peek('r1/main')).length;
		assert.equal(held?.accepted, stored, 'a handshake is no event');
		return { answer, stored };
	} finally {
		await world.close();
	}
}

/** The answer to what must not be stored. */
export async function pushedAway(...args: Parameters<typeof pushed>): Promise<Answer> {
	const { answer, stored } = await pushed(...args);
	assert.equal(stored, 0, 'it was stored');
	return answer;
}

export const jsonOf = (body: unknown): Partial<PushedRequest> => ({
	body: Buffer.from(JSON.stringify(body)),
});

/** A GET with these parameters. */
export const asking = (
	query: Readonly<Record<string, string | readonly string[]>> = {},
): Partial<PushedRequest> => ({
	method: 'GET',
	headers: {},
	query: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, [value].flat()])),
	body: Buffer.alloc(0),
});

export const macOf = (text: string, secret: string, encoding: 'hex' | 'base64' = 'hex'): string =>
	createHmac('sha256', secret).update(text).digest(encoding);

/** A request that is signed as the way `hmac` wants it by default. */
export function signedBy(secret: string, body: unknown): Partial<PushedRequest> {
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return {
		headers: { 'content-type': 'application/json', 'x-signature': macOf(text, secret) },
		body: Buffer.from(text),
	};
}
