/** Asks the process that has a store. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describeThrown } from '../../describe-thrown';
import type { OperationCall } from '../call-operation';
import { Lines } from './lines';
import { localError, localPlace, requirePrivate } from './local-place';
import {
	LOCAL_BOUNDS,
	LOCAL_VERSION,
	localAnswer,
	type LocalAnswer,
	type LocalRequest,
} from './messages';

/**
 * Whether the process that has a store listens here.
 *
 * @throws CoreError ERR_LOCAL_UNAVAILABLE where somebody else could
 */
export async function isListening(directory: string): Promise<boolean> {
	if (!existsSync(directory)) return false;
	const place = localPlace(directory);
	if (process.platform !== 'win32' && !existsSync(place)) return false;
	const socket = await open(place).catch((error: unknown) => {
		// What a killed process has left.
		if (['ECONNREFUSED', 'ENOENT'].includes(String(codeOf(error)))) return undefined;
		throw error;
	});
	socket?.destroy();
	return socket !== undefined;
}

/** @throws CoreError ERR_LOCAL_UNAVAILABLE where nobody listens, somebody else could, or no answer comes */
export async function askLocal(directory: string, call: OperationCall): Promise<LocalAnswer> {
	let socket: Socket | undefined;
	try {
		socket = await open(localPlace(directory));
		return await ask(socket, { v: LOCAL_VERSION, ...call });
	} catch (error) {
		if (codeOf(error) === 'ERR_LOCAL_UNAVAILABLE') throw error;
		throw localError(
			`the process that has the store gave no answer: ${describeThrown(error)}`,
			error,
		);
	} finally {
		socket?.destroy();
	}
}

async function open(place: string): Promise<Socket> {
	if (process.platform !== 'win32') requirePrivate(place);
	const socket = connect(place);
	socket.setTimeout(LOCAL_BOUNDS.idleMs, () => socket.destroy(new Error('no answer came in time')));
	await once(socket, 'connect');
	return socket;
}

async function ask(socket: Socket, request: LocalRequest): Promise<LocalAnswer> {
	socket.write(`${JSON.stringify(request)}\n`);
	const lines = new Lines(LOCAL_BOUNDS.answerBytes);
	for await (const chunk of socket) {
		const taken = lines.take(chunk as Buffer);
		if (!taken) throw localError('the answer is too long');
		const [line] = taken;
		if (line) return localAnswer.parse(JSON.parse(line.toString('utf8')));
	}
	throw localError('the process that has the store ended before it answered');
}

function codeOf(error: unknown): unknown {
	return (error as { code?: unknown }).code;
}
