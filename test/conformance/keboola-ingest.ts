import assert from 'node:assert/strict';
import type { AnswerConfig } from '../../core/config';
import type { Answer } from '../../core/receiver/request';
import { aPush, anExportInput, HOLDER, OPEN, pipelineWorld } from '../support/pipeline-fixtures';

/** What the cases of the groups `ingest` and `limit` say of a receiver, without the addresses and texts of the REST API. */

async function push(o: {
	readonly to?: string;
	readonly bytes?: number;
	readonly answer?: AnswerConfig;
}): Promise<Answer> {
	const world = await pipelineWorld();
	try {
		const receiver = { id: 'r1', auth: OPEN, ...(o.answer ? { answer: o.answer } : {}) };
		await world.pipeline.attachReceiver(receiver, [{ config: anExportInput() }], HOLDER).ready;
		const body = Buffer.alloc(o.bytes ?? 2, 'x');
		return await world.pipeline.accept(o.to ?? 'r1', aPush({ body }));
	} finally {
		await world.close();
	}
}

/** K119: sources whose sinks write at once, and those that only accept, differ in the status that they are told to answer. */
export async function checkAnswer(expected: {
	readonly status: number;
	readonly contentType: string;
	readonly body: string;
}): Promise<void> {
	const { status, contentType, body } = expected;
	const answer = await push({ answer: { status, body: 'text', text: body } });
	assert.deepEqual([answer.status, answer.body], [status, body]);
	assert.equal(answer.headers['content-type']?.split(';')[0], contentType);
}

export async function checkUnknown(status: number): Promise<void> {
	const answer = await push({ to: 'my-source' });
	assert.equal(answer.status, status);
	assert.equal(JSON.parse(answer.body ?? '').error, 'ERR_RECEIVER_UNKNOWN');
}

/** K67: one byte less passes. */
export async function checkBodyLimit(bytes: number, status: number): Promise<void> {
	assert.equal((await push({ bytes: bytes - 1 })).status, 200);
	const answer = await push({ bytes });
	assert.equal(answer.status, status);
	assert.equal(JSON.parse(answer.body ?? '').error, 'ERR_BODY_TOO_LARGE');
}
