/** Answers the command line on the machine of a store that this process has. */
import { chmodSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { describeThrown } from '../../describe-thrown';
import type { Logger } from '../../runtime/logger';
import { processShared } from '../../runtime/process-shared';
import { parseStrictJson } from '../strict-json';
import type { OperationCall } from '../call-operation';
import type { Reply } from '../route';
import { Lines } from './lines';
import { localError, localPlace, makeRoomFor } from './local-place';
import { LOCAL_BOUNDS, LOCAL_VERSION, localRequest } from './messages';

/** Answers an operation; @see callOperation */
export type AnswerLocal = (call: OperationCall) => Promise<Reply>;

export interface LocalServer {
	readonly place: string;
	/** Ends it; the last of those that share it closes the socket. Idempotent. */
	close(): Promise<void>;
}

interface Shared {
	readonly server: Server;
	/** The last one answers: of several that serve one store all answer the same. */
	readonly answers: AnswerLocal[];
	readonly sockets: Set<Socket>;
}

/**
 * @param directory of the store, whose only owner this process is, so that what is left of a killed one may be taken away
 * @throws CoreError ERR_LOCAL_UNAVAILABLE
 */
export async function serveLocal(
	directory: string,
	answer: AnswerLocal,
	logger: Logger,
): Promise<LocalServer> {
	const place = localPlace(directory);
	const all = processShared('local-servers', () => new Map<string, Promise<Shared>>());
	const opening = all.get(place) ?? open(place, logger);
	all.set(place, opening);
	let shared: Shared;
	try {
		shared = await opening;
	} catch (error) {
		all.delete(place);
		throw error;
	}
	shared.answers.push(answer);
	let isClosed = false;
	return {
		place,
		async close() {
			if (isClosed) return;
			isClosed = true;
			shared.answers.splice(shared.answers.indexOf(answer), 1);
			if (shared.answers.length > 0) return;
			all.delete(place);
			const closed = once(shared.server, 'close');
			shared.server.close();
			for (const socket of shared.sockets) socket.destroy();
			await closed;
			if (process.platform !== 'win32') rmSync(place, { force: true });
		},
	};
}

async function open(place: string, logger: Logger): Promise<Shared> {
	const shared: Shared = { server: createServer(), answers: [], sockets: new Set() };
	const { server, sockets } = shared;
	server.maxConnections = LOCAL_BOUNDS.connections;
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		converse(socket, shared, logger);
	});
	try {
		await (process.platform === 'win32' ? listen(server, place) : listenInPrivate(server, place));
	} catch (error) {
		server.close();
		throw localError(`the socket ${place} cannot be opened: ${describeThrown(error)}`, error);
	}
	// It keeps no process alive, and a fault of it ends none.
	server.unref();
	server.on('error', (error) =>
		logger.warn(`the socket ${place} failed: ${describeThrown(error)}`),
	);
	return shared;
}

/** Made where nobody else gets in, and moved when it is private: there is no moment in which it is open to others. */
async function listenInPrivate(server: Server, place: string): Promise<void> {
	makeRoomFor(place);
	const room = mkdtempSync(join(dirname(place), '.adm'));
	try {
		const made = join(room, 's');
		await listen(server, made);
		chmodSync(made, 0o600);
		renameSync(made, place);
	} finally {
		rmSync(room, { recursive: true, force: true });
	}
}

async function listen(server: Server, place: string): Promise<void> {
	server.listen(place);
	await once(server, 'listening');
}

function converse(socket: Socket, { answers }: Shared, logger: Logger): void {
	const lines = new Lines(LOCAL_BOUNDS.requestBytes);
	let last: Promise<void> = Promise.resolve();
	socket.setTimeout(LOCAL_BOUNDS.idleMs, () => socket.destroy());
	socket.on('error', () => socket.destroy());
	socket.on('data', (chunk) => {
		const taken = lines.take(chunk);
		if (!taken) return void socket.destroy();
		for (const line of taken) last = last.then(() => respond(line));
	});

	async function respond(line: Buffer): Promise<void> {
		const reply = await answerTo(line, answers.at(-1)).catch((error: unknown) => {
			logger.error(`the command line was not answered: ${describeThrown(error)}`);
			return { status: 500 };
		});
		if (!socket.destroyed) socket.write(`${JSON.stringify({ v: LOCAL_VERSION, ...reply })}\n`);
	}
}

async function answerTo(line: Buffer, answer: AnswerLocal | undefined): Promise<Reply> {
	if (!answer) return { status: 503 };
	let given: unknown;
	try {
		given = parseStrictJson(line);
	} catch {
		return { status: 400 };
	}
	const request = localRequest.safeParse(given);
	if (!request.success) return { status: 400 };
	const { status, json } = await answer(request.data);
	return { status, ...(json === undefined ? {} : { json }) };
}
