/** Cases of odd endpoints, over real sockets. */
import assert from 'node:assert/strict';
import { gunzipSync, gzipSync } from 'node:zlib';
import { outcomeOf } from '../../../core/sink/http/answer';
import { createHttpSink } from '../../../core/sink/http/http-sink';
import { trustedCertificates } from '../../../core/sink/http/trusted-certificates';
import { createEvent } from '../../../core/event/create-event';
import { encodeEvent } from '../../../core/event/codec';
import { fakeAttempt } from '../../support/fake-attempt';
import { fakeBatch } from '../../support/fake-batch';
import { startHttpReceiver } from '../../support/http-receiver';
import { startTcpServer } from '../../support/tcp-server';
import type { FieldCase, FieldChecks } from './field-case';

const attempt = fakeAttempt;

export const forwardHttpChecks: FieldChecks = {
	'F02-421': comesAgain,
	'F02-425': comesAgain,
	F13b: async () => {
		// A unit test pushes with NODE_EXTRA_CA_CERTS in a process of its own; this is the list that it gets.
		const tls = await import('node:tls');
		assert.deepEqual(trustedCertificates(), tls.getCACertificates('default'));
	},
	F23: isTaken,
	F25: isTaken,
	F25b: isTaken,
	F31: async (one) => {
		const { receive, config } = one.input as {
			receive: { headers: Record<string, string> };
			config: { send: 'row'; output: 'event' };
		};
		const body = gzipSync('{"a":1}');
		const payload = encodeEvent(createEvent({ body, headers: receive.headers }));
		const receiver = await startHttpReceiver((_request, response) => response.end());
		const sink = createHttpSink({ url: receiver.url, send: config.send });
		try {
			await sink.deliver(fakeBatch({ output: config.output, payloads: [payload] }), attempt());
			const [request] = receiver.received;
			assert.equal(request?.headers['content-encoding'], 'gzip');
			assert.equal(request.headers['content-type'], 'application/json');
			assert.equal(gunzipSync(request.body).toString(), '{"a":1}');
		} finally {
			await sink.close?.();
			await receiver.close();
		}
	},
};

function comesAgain(one: FieldCase): void {
	const { server } = one.input as { server: string };
	const status = Number(/\d{3}/.exec(server)?.[0]);
	assert.equal(outcomeOf({ status, headers: {} }, { now: 0 }).kind, one.expected);
}

/** The server says exactly what the case says. */
async function isTaken(one: FieldCase): Promise<void> {
	const said = JSON.parse((one.input as { server: string }).server) as string;
	const server = await startTcpServer((socket) => void socket.write(said));
	const sink = createHttpSink({ url: server.url, timeoutMs: 5_000 });
	try {
		const payloads = [new TextEncoder().encode('{}')];
		assert.equal((await sink.deliver(fakeBatch({ payloads }), attempt())).kind, one.expected);
		assert.equal(server.requests.length, 1);
	} finally {
		await sink.close?.();
		await server.close();
	}
}
