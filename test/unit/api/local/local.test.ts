import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OperationCall } from '../../../../core/api/call-operation';
import { Lines } from '../../../../core/api/local/lines';
import { askLocal } from '../../../../core/api/local/local-client';
import { localPlace } from '../../../../core/api/local/local-place';
import { serveLocal, type LocalServer } from '../../../../core/api/local/local-server';
import { LOCAL_BOUNDS } from '../../../../core/api/local/messages';
import { silentLogger } from '../../../../core/runtime/logger';

describe('the local socket', () => {
	let directory: string;
	const open: LocalServer[] = [];
	const asked: OperationCall[] = [];
	const serve = async (status = 200) => {
		const server = await serveLocal(
			directory,
			async (call) => {
				asked.push(call);
				return { status, json: { operation: call.operation } };
			},
			silentLogger,
		);
		open.push(server);
		return server;
	};
	const ask = () => askLocal(directory, { operation: 'listAccounts' });
	const isUnavailable = { code: 'ERR_LOCAL_UNAVAILABLE' };

	beforeEach(() => {
		directory = mkdtempSync(join(tmpdir(), 'sluice-local-'));
		asked.length = 0;
	});
	afterEach(async () => {
		await Promise.all(open.splice(0).map((server) => server.close()));
		rmSync(directory, { recursive: true, force: true });
	});

	it('is of its user alone, answers, and is gone when it is closed', async () => {
		const { place, close } = await serve();
		assert.equal(lstatSync(place).mode & 0o777, 0o600);
		assert.deepEqual(readdirSync(directory), ['admin.sock']);
		const answer = await askLocal(directory, {
			operation: 'addAccount',
			path: { a: 'b' },
			body: { label: 'ž\n' },
		});
		assert.deepEqual(answer, { v: 1, status: 200, json: { operation: 'addAccount' } });
		assert.deepEqual(asked, [
			{ v: 1, operation: 'addAccount', path: { a: 'b' }, body: { label: 'ž\n' } },
		]);
		await close();
		await close();
		assert.ok(!existsSync(place));
		await assert.rejects(ask(), isUnavailable);
	});

	it('takes the place of one that a killed process has left', async () => {
		const place = localPlace(directory);
		const { close } = await serve();
		await close();
		writeFileSync(place, '');
		await serve();
		assert.equal((await ask()).status, 200);
	});

	it('is shared by those that serve one store, until the last of them closes', async () => {
		const first = await serve(201);
		const second = await serve(202);
		assert.equal((await ask()).status, 202);
		await second.close();
		assert.equal((await ask()).status, 201);
		await first.close();
		await assert.rejects(ask(), isUnavailable);
	});

	it('is in a directory of its own where the path of the store is too long', async () => {
		const former = directory;
		directory = join(directory, 'x'.repeat(90));
		mkdirSync(directory);
		const { place } = await serve();
		assert.match(place, /^\/tmp\/sluice-\d+\/[0-9a-f]{24}\.sock$/);
		assert.equal((await ask()).status, 200);
		await open.pop()?.close();
		directory = former;
	});

	it('is not opened where others may write, nor asked where it is not private', async () => {
		chmodSync(directory, 0o777);
		await assert.rejects(serve(), isUnavailable);
		chmodSync(directory, 0o700);
		const { place } = await serve();
		chmodSync(place, 0o666);
		await assert.rejects(ask(), isUnavailable);
		chmodSync(place, 0o600);
		chmodSync(directory, 0o730);
		await assert.rejects(ask(), isUnavailable);
		chmodSync(directory, 0o700);
		assert.equal((await ask()).status, 200);
		const elsewhere = join(directory, 'elsewhere');
		mkdirSync(elsewhere);
		symlinkSync(place, join(elsewhere, 'admin.sock'));
		await assert.rejects(askLocal(elsewhere, { operation: 'listAccounts' }), isUnavailable);
		assert.equal(asked.length, 1);
	});

	it('tells of a process that hangs up, or speaks something else', async () => {
		for (const said of ['', 'x\n', '{"v":2,"status":200}\n', '{"v":1']) {
			const server = createServer((socket) => socket.resume().end(said));
			server.listen(localPlace(directory));
			await once(server, 'listening');
			chmodSync(localPlace(directory), 0o600);
			await assert.rejects(ask(), isUnavailable, said);
			server.close();
			await once(server, 'close');
		}
	});

	it('answers what is no request with 400, and hangs up on a line without an end', async () => {
		const { place } = await serve();
		const send = async (text: string | Buffer): Promise<string> => {
			const socket = connect(place).setEncoding('utf8');
			socket.end(text);
			let received = '';
			socket.on('data', (part: string) => (received += part));
			socket.on('error', () => {});
			await once(socket, 'close');
			return received;
		};
		const bad = '{"v":1,"status":400}\n';
		for (const line of [
			'',
			'x',
			'[]',
			'{"v":2,"operation":"a"}',
			'{"v":1,"operation":"a","operation":"b"}',
			'{"v":1,"operation":"a","more":1}',
			'{"v":1,"operation":"a","path":{"x":1}}',
			`{"v":1,"operation":"${'a'.repeat(101)}"}`,
			'{"v":1,"body":\u0000}',
		])
			assert.equal(await send(`${line}\n`), bad, line);
		assert.equal(await send(Buffer.alloc(LOCAL_BOUNDS.requestBytes + 1, 'a')), '');
		assert.equal(asked.length, 0);
		const two = '{"v":1,"operation":"a"}\n{"v":1,"operation":"b"}\n';
		assert.deepEqual((await send(two)).match(/"operation":"\w"/g), [
			'"operation":"a"',
			'"operation":"b"',
		]);
	});
});

describe('localPlace', () => {
	it('is a pipe on Windows, of the same name for the same directory', () => {
		const place = localPlace(tmpdir(), 'win32');
		assert.match(place, /^\\\\\.\\pipe\\sluice-[0-9a-f]{24}$/);
		assert.equal(localPlace(`${tmpdir()}/.`, 'win32'), place);
	});
});

describe('Lines', () => {
	it('are put together of chunks, and end at their bound', () => {
		const lines = new Lines(4);
		const take = (text: string) => lines.take(Buffer.from(text))?.map(String);
		assert.deepEqual(take('ab'), []);
		assert.deepEqual(take('cd\n\nx\ny'), ['abcd', '', 'x']);
		assert.deepEqual(take('yyy'), []);
		assert.equal(take('y'), undefined);
	});
});
