import { DeliveryError } from '../../core/errors';
import type { PushRequest, PushResponse, Transport } from '../../core/sink/http/transport';

/** What an endpoint answers: a status, or the reason why nothing is answered. */
export type EndpointMood = number | 'ENOTFOUND' | 'ECONNREFUSED' | 'timeout';

/** An endpoint without a network, which answers as it is told and remembers the bodies that it has taken. */
export class EndpointTransport implements Transport {
	mood: EndpointMood = 200;
	readonly requests: PushRequest[] = [];
	/** Of those that were taken. */
	readonly taken: unknown[] = [];
	/** Body of its answers. */
	answer = '';
	/** Called before each answer. */
	before: () => void | Promise<void> = () => {};

	async send(request: PushRequest): Promise<PushResponse> {
		this.requests.push(request);
		await this.before();
		const { mood } = this;
		if (mood === 'timeout') throw new DeliveryError('ERR_SINK_TIMEOUT', 'no answer in time');
		if (typeof mood === 'string')
			throw new DeliveryError('ERR_SINK_UNAVAILABLE', `request failed: ${mood}`);
		if (mood < 300) this.taken.push(JSON.parse(Buffer.from(request.body).toString()));
		return { status: mood, headers: {}, body: Buffer.from(this.answer), isTruncated: false };
	}

	close(): void {}
}
