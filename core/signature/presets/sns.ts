import type { Preset } from './preset';

/** Signs by a certificate of its own, for everybody who has a topic, so the topics have to be named. Sends JSON and calls it text/plain. */
export const snsSender: Preset = {
	id: 'aws-sns',
	name: 'Amazon SNS',
	ways: [{ scheme: { kind: 'sns' }, verified: false }],
	type: { header: 'x-amz-sns-message-type' },
	eventId: { path: 'MessageId' },
	handshake: 'sns',
	readBodyAs: 'json',
	source: 'https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html',
};
