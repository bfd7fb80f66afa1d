/** Cases of odd requests, over real sockets to the own listener. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { once } from 'node:events';
import { IDLE_TIMEOUT_MS } from '../../../core/pure/bounds';
import type { SchemeConfig } from '../../../core/signature/schemes/index';
import { aPost, exchange, statuses } from '../../support/raw-http';
import { startListeningReceiver, type ListeningReceiver } from '../../support/listening-receiver';
import type { FieldCase, FieldChecks } from './field-case';

export const receiveHttpChecks: FieldChecks = {
	R16b: on({}, async ({ port }, one) => {
		const { headers } = one.input as { headers: Record<string, string> };
		const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
		const text = `POST /in HTTP/1.1\r\nhost: x\r\n${lines.join('\r\n')}\r\n\r\n`;
		assert.deepEqual(statuses(await exchange({ port }, text)), [413]);
	}),

	R28: on({}, async (receiver, one) => {
		const { path, body } = one.input as { path: string; body: string };
		const [target = ''] = path.split(' ');
		const text = aPost(target.replace('/in/open', '/in'), [], body);
		assert.deepEqual(statuses(await exchange(receiver, text)), [200]);
		assert.equal((await receiver.event())['path'], '/in');
	}),

	R33: on({ auth: [{ kind: 'url-secret', secrets: ['abc-DEF_123'] }] }, async (receiver, one) => {
		const { path } = one.input as { path: string };
		const secret = path.slice(path.lastIndexOf('/') + 1);
		for (const spelling of [secret, 'abc-DEF_123', '%61bc%2dDEF_123']) {
			assert.deepEqual(statuses(await exchange(receiver, aPost(`/in/${spelling}`))), [200]);
			assert.equal((await receiver.event())['path'], '/in');
		}
	}),

	R26: on({ host: '::' }, async (receiver, one) => {
		const { from } = one.input as { from: string };
		await exchange({ port: receiver.port, host: from }, aPost('/in'));
		assert.equal((await receiver.event())['ip'], from);
	}),

	R52: on({}, async (receiver, one) => {
		const { path } = one.input as { path: string };
		await exchange(receiver, aPost(path.replace('/in/open', '/in')));
		assert.deepEqual((await receiver.event())['query'], { n: 'ü', m: 'ü' });
	}),

	R65: on({}, async (receiver) => {
		const socket = connect(receiver.port, '127.0.0.1');
		await once(socket, 'connect');
		socket.write(aPost('/in').replace('connection: close\r\n', ''));
		const [answer] = (await once(socket, 'data')) as [Buffer];
		socket.destroy();
		// What a listener tells its client is what it does: a unit test waits for it.
		assert.match(answer.toString(), /keep-alive: timeout=75\r\n/i);
		assert(IDLE_TIMEOUT_MS.fallback > 65_000);
	}),
};

function on(
	config: { readonly host?: string; readonly auth?: readonly SchemeConfig[] },
	check: (receiver: ListeningReceiver, one: FieldCase) => Promise<void>,
) {
	return async (one: FieldCase): Promise<void> => {
		const receiver = await startListeningReceiver(config);
		try {
			await check(receiver, one);
		} finally {
			await receiver.close();
		}
	};
}
