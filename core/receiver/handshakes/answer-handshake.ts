import { failure } from '../../signature/failure';
import { readBody } from '../intake/body';
import { checkLimits } from '../intake/limits';
import type { PreparedReceiver } from '../intake/prepare';
import type { Answer, PushedRequest } from '../request';
import type { Handshake } from './handshake';
import { HANDSHAKES } from './index';
import { prove, type Asked, type ProofPorts } from './prove';
import { replyTo } from './reply';
import { holds, looksAtBody, possible, see, withJson } from './seen';
import { isSignedToken } from './token';

/** A handshake that was answered, or the request as it goes on: its body may have been read. */
export type Greeted =
	| { readonly answer: Answer; readonly request?: undefined }
	| { readonly answer?: undefined; readonly request: PushedRequest };

/**
 * Answers a request by which the sender tries the address, before anything is taken in; any other one goes on. What is refused is so as
 * a handshake, and is no event either.
 *
 * @throws ReceiveError, SignatureError
 */
export async function answerHandshake(
	request: PushedRequest,
	receiver: PreparedReceiver,
	ports: ProofPorts,
): Promise<Greeted> {
	const { kind } = receiver.config.handshake ?? {};
	if (kind === undefined) return { request };
	const { requests } = HANDSHAKES[kind];
	const seen = see(request);
	const candidates = possible(requests, seen);
	const [plain] = candidates.filter((one) => !looksAtBody(one));
	if (plain) {
		return answerTo({ handshake: plain, seen, request, body: new Uint8Array(0) }, receiver, ports);
	}
	const reads = requests.some(isForgeable);
	if (seen.method !== 'POST' || (candidates.length === 0 && !reads)) return { request };
	checkLimits(request, receiver.config);
	const body = await readBody(request, receiver.config);
	const read: PushedRequest = { ...request, body };
	if (reads && isSignedToken(body)) throw failure('ERR_SIGNATURE_MISMATCH', 'body_like_a_token');
	const withBody = withJson(seen, body, candidates);
	const handshake =
		withBody && candidates.find(({ when }) => when.every((one) => holds(one, withBody)));
	if (!handshake) return { request: read };
	return answerTo({ handshake, seen: withBody, request: read, body }, receiver, ports);
}

/** Rule 3: nobody signs it, and it gives MACs. */
function isForgeable({ proof, reply }: Handshake): boolean {
	return reply.as === 'hmac' && proof.by === 'address';
}

async function answerTo(
	asked: Asked,
	receiver: PreparedReceiver,
	ports: ProofPorts,
): Promise<Greeted> {
	const secret = await prove(asked, receiver, ports);
	const { fetchText } = ports;
	return { answer: await replyTo(asked.handshake.reply, asked.seen, { secret, fetchText }) };
}
