import assert from 'node:assert/strict';
import type { PushedRequest } from '../../../../core/receiver/request';
import type { FetchText } from '../../../../core/runtime/fetch-text';
import { validateAuth } from '../../../../core/signature/validate-schemes';
import { isCertificateUrl, isConfirmationUrl } from '../../../../core/signature/sns/sns-url';
import { pushed, pushedAway, type Receiver } from '../../../support/handshake-world';
import { HOLDER, aPush, anExportInput, pipelineWorld } from '../../../support/pipeline-fixtures';
import {
	CERTIFICATE_URL,
	CONFIRMATION,
	fromSns,
	SNS_CERTIFICATE,
	SNS_NOW,
	snsServers,
	SUBSCRIBE_URL,
	TOPIC,
} from '../../../support/sns-sender';
import { TLS_CERT } from '../../../support/tls-certificate';

const receiver = (more: object = {}): Receiver => ({
	auth: [{ kind: 'sns', topics: `${TOPIC}, arn:aws:sns:us-east-1:123456789012:other`, ...more }],
	handshake: 'sns',
});

const at = (fetchText: FetchText = snsServers().fetchText) => ({ now: SNS_NOW, fetchText });

const status = async (
	request: PushedRequest,
	o: { more?: object; fetchText?: FetchText } = {},
): Promise<number> => (await pushed(receiver(o.more), request, at(o.fetchText))).answer.status;

describe('the scheme sns: messages of Amazon SNS', () => {
	for (const version of ['1', '2']) {
		it(`takes a message with the signature of version ${version}, with and without a subject`, async () => {
			for (const Subject of ['A subject', undefined]) {
				const { answer, stored } = await pushed(
					receiver(),
					fromSns({ Subject }, { version }),
					at(),
				);
				assert.deepEqual([answer.status, stored], [200, 1]);
			}
		});
	}

	for (const [name, changed] of Object.entries({
		'another message': { Message: 'other' },
		'another subject': { Subject: 'other' },
		'a subject that is gone': { Subject: undefined },
		'another id': { MessageId: 'other' },
		'another time': { Timestamp: '2027-01-02T00:00:00.000Z' },
		'another type': { Type: 'SubscriptionConfirmation' },
		'a type that there is none of': { Type: 'constructor' },
		'another topic, which is known': { TopicArn: 'arn:aws:sns:us-east-1:123456789012:other' },
		'a topic that is not known': { TopicArn: `${TOPIC}2` },
		'no signature': { Signature: undefined },
		'a signature of nothing': { Signature: '' },
		'another version of the signature': { SignatureVersion: '2' },
		'a version that there is none of': { SignatureVersion: 'toString' },
	})) {
		it(`refuses ${name} with 401`, async () => {
			assert.equal(await status(fromSns({}, { changed })), 401);
		});
	}

	it('refuses what SNS signed for the topic of somebody else, and fetches nothing for it', async () => {
		const { asked, fetchText } = snsServers();
		for (const TopicArn of [`${TOPIC}2`, TOPIC.replace('123456789012', '999999999999')])
			assert.equal(await status(fromSns({ TopicArn }), { fetchText }), 401);
		assert.deepEqual(asked, []);
	});

	for (const url of [
		'https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0123456789abcdef.pem',
		'http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
		'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
		'https://bucket.s3.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
		'https://sns.eu-west-1.amazonaws.com/../x/SimpleNotificationService-0123456789abcdef.pem',
		'https://sns.eu-west-1.amazonaws.com@evil.example/SimpleNotificationService-0123456789abcdef.pem',
		'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem?x',
		'https://169.254.169.254/SimpleNotificationService-0123456789abcdef.pem',
		'',
	]) {
		it(`asks nobody for a certificate at ${url || 'no address'}`, async () => {
			const { asked, fetchText } = snsServers();
			const request = fromSns({}, { changed: { SigningCertURL: url } });
			assert.equal(await status(request, { fetchText }), 401);
			assert.deepEqual(asked, []);
			assert.equal(isCertificateUrl(url, TOPIC), false);
		});
	}

	it('knows the hosts of China and of the government', () => {
		const name = '/SimpleNotificationService-0a.pem';
		for (const [topic, host] of [
			['arn:aws-cn:sns:cn-north-1:123456789012:t', 'sns.cn-north-1.amazonaws.com.cn'],
			['arn:aws-us-gov:sns:us-gov-west-1:123456789012:t', 'sns.us-gov-west-1.amazonaws.com'],
		] as const) {
			assert.equal(isCertificateUrl(`https://${host}${name}`, topic), true);
			assert.equal(isCertificateUrl(`https://${host}${name}`, TOPIC), false);
		}
	});

	it('refuses what SNS does not sign: raw messages, and those of somebody else', async () => {
		const raw = aPush({ headers: { 'x-amz-sns-message-type': 'Notification' } });
		for (const request of [raw, aPush(), { ...fromSns(), headers: {} }])
			assert.equal(await status(request), 401);
	});

	it('takes the versions alone that it is told to', async () => {
		const more = { versions: ['2'] };
		assert.equal(await status(fromSns({}, { version: '1' }), { more }), 401);
		assert.equal(await status(fromSns({}, { version: '2' }), { more }), 200);
	});

	it('asks for a certificate once, and again only after a while where it was not there', async () => {
		let answer: { status: number; text: string } | Error = new Error('ENOTFOUND');
		const asked: string[] = [];
		const fetchText: FetchText = async (url) => {
			asked.push(url);
			if (answer instanceof Error) throw answer;
			return answer;
		};
		const world = await pipelineWorld(SNS_NOW, { fetchText });
		try {
			await world.pipeline.attachReceiver(
				{ id: 'r1', ...receiver() },
				[{ config: anExportInput({ conditions: { count: 99, time: '1h', size: '1MB' } }) }],
				HOLDER,
			).ready;
			const push = () => world.pipeline.accept('r1', fromSns());
			const statusesOf = async (): Promise<number[]> =>
				(await Promise.all([push(), push(), push()])).map((one) => one.status);
			assert.deepEqual(await statusesOf(), [503, 503, 503]);
			assert.equal((await push()).headers['retry-after'] !== undefined, true);
			assert.equal(asked.length, 1);
			answer = { status: 200, text: SNS_CERTIFICATE };
			await world.clock.advance(60_000);
			assert.deepEqual(await statusesOf(), [200, 200, 200]);
			assert.deepEqual(asked, [CERTIFICATE_URL, CERTIFICATE_URL]);
		} finally {
			await world.close();
		}
	});

	it('asks for no more than 20 certificates a minute, whatever names are made up', async () => {
		const { asked, fetchText } = snsServers({});
		const world = await pipelineWorld(SNS_NOW, { fetchText });
		try {
			await world.pipeline.attachReceiver(
				{ id: 'r1', ...receiver() },
				[{ config: anExportInput() }],
				HOLDER,
			).ready;
			for (let n = 0; n < 30; n++) {
				const SigningCertURL = CERTIFICATE_URL.replace('.pem', `${n}.pem`);
				const request = fromSns({}, { changed: { SigningCertURL } });
				assert.equal((await world.pipeline.accept('r1', request)).status, 503);
			}
			assert.equal(asked.length, 20);
		} finally {
			await world.close();
		}
	});

	for (const [name, answer, expected] of [
		['is not there', { status: 404, text: '' }, 503],
		['is no certificate', { status: 200, text: 'x' }, 503],
		['has a key of another kind', { status: 200, text: TLS_CERT }, 401],
	] as const) {
		it(`${expected} where the certificate ${name}`, async () => {
			const { fetchText } = snsServers({ [CERTIFICATE_URL]: answer });
			assert.equal(await status(fromSns(), { fetchText }), expected);
		});
	}

	it('refuses a certificate before and after its time', async () => {
		for (const now of [Date.UTC(2020, 0, 1), Date.UTC(2200, 0, 1)]) {
			const { answer } = await pushed(receiver(), fromSns(), { ...at(), now });
			assert.equal(answer.status, 401);
		}
	});

	it('lets another way in where the certificate cannot be had, and nobody in for it', async () => {
		const { fetchText } = snsServers({});
		const auth: Receiver['auth'] = [...receiver().auth, { kind: 'bearer', secrets: ['b'] }];
		const request = fromSns();
		const headers = { ...request.headers, authorization: 'Bearer b' };
		const both = { ...receiver(), auth };
		assert.equal((await pushed(both, { ...request, headers }, at(fetchText))).answer.status, 200);
		assert.equal((await pushedAway(both, request, at(fetchText))).status, 503);
	});

	for (const topics of [
		undefined,
		'',
		' , ',
		'x',
		`${TOPIC},x`,
		`${TOPIC} `.repeat(21),
		`${TOPIC}/x`,
	]) {
		it(`cannot be without topics: ${String(topics).slice(0, 30)}`, () => {
			const way = { kind: 'sns', ...(topics === undefined ? {} : { topics }) };
			assert.throws(() => validateAuth([way], 'auth'), {
				code: 'ERR_CONFIG_INVALID',
				message: /auth\[0\]\.topics/,
			});
		});
	}
});

describe('handshakes: Amazon SNS', () => {
	it('a subscription is confirmed where the message says, and not stored', async () => {
		const { asked, fetchText } = snsServers();
		const { status: answered, body } = await pushedAway(
			receiver(),
			fromSns(CONFIRMATION),
			at(fetchText),
		);
		assert.deepEqual([answered, body], [200, '']);
		assert.deepEqual(asked, [CERTIFICATE_URL, SUBSCRIBE_URL]);
	});

	it('one that is not signed by SNS for a known topic confirms nothing', async () => {
		for (const changed of [{ Message: 'x' }, { TopicArn: `${TOPIC}2` }, { Token: 'x' }]) {
			const { asked, fetchText } = snsServers();
			const request = fromSns(CONFIRMATION, { changed });
			assert.equal((await pushedAway(receiver(), request, at(fetchText))).status, 401);
			assert.equal(asked.includes(SUBSCRIBE_URL), false);
		}
	});

	it('another way of the receiver is not enough to have a URL fetched', async () => {
		const { asked, fetchText } = snsServers();
		const auth: Receiver['auth'] = [{ kind: 'bearer', secrets: ['b'] }, ...receiver().auth];
		const request = fromSns(CONFIRMATION, { changed: { Message: 'x' } });
		const headers = { ...request.headers, authorization: 'Bearer b' };
		const answer = await pushedAway(
			{ ...receiver(), auth },
			{ ...request, headers },
			at(fetchText),
		);
		assert.equal(answer.status, 401);
		assert.equal(asked.includes(SUBSCRIBE_URL), false);
	});

	for (const [name, url] of Object.entries({
		'another host': SUBSCRIBE_URL.replace('sns.eu', 'sqs.eu'),
		'another region': SUBSCRIBE_URL.replace('sns.eu-west-1', 'sns.us-east-1'),
		'another action': SUBSCRIBE_URL.replace('ConfirmSubscription', 'DeleteTopic'),
		'two actions': `${SUBSCRIBE_URL}&Action=DeleteTopic`,
		'another topic': SUBSCRIBE_URL.replace('readings', 'others'),
		'no token': SUBSCRIBE_URL.replace('Token', 'Other'),
		'a user': SUBSCRIBE_URL.replace('https://', 'https://user@'),
		'a port': SUBSCRIBE_URL.replace('.com/', '.com:444/'),
		'a path': SUBSCRIBE_URL.replace('/?', '/x?'),
		'no TLS': SUBSCRIBE_URL.replace('https', 'http'),
		'no URL': 'x',
	})) {
		it(`nothing is fetched of ${name}, also where SNS signed it`, async () => {
			const { asked, fetchText } = snsServers();
			const request = fromSns({ ...CONFIRMATION, SubscribeURL: url });
			assert.equal((await pushedAway(receiver(), request, at(fetchText))).status, 403);
			assert.deepEqual(asked, [CERTIFICATE_URL]);
			assert.equal(isConfirmationUrl(url, TOPIC), false);
		});
	}

	for (const answer of [
		new Error('ETIMEDOUT'),
		{ status: 500, text: '' },
		{ status: 302, text: '' },
	]) {
		it(`comes again where the confirmation fails: ${'status' in answer ? answer.status : answer.message}`, async () => {
			const { fetchText } = snsServers({
				[CERTIFICATE_URL]: { status: 200, text: SNS_CERTIFICATE },
				[SUBSCRIBE_URL]: answer,
			});
			const { status: answered, headers } = await pushedAway(
				receiver(),
				fromSns(CONFIRMATION),
				at(fetchText),
			);
			assert.deepEqual([answered, headers['retry-after'] !== undefined], [503, true]);
		});
	}

	it('the end of a subscription is answered, and it is not begun again', async () => {
		const { asked, fetchText } = snsServers();
		const request = fromSns({ ...CONFIRMATION, Type: 'UnsubscribeConfirmation' });
		assert.equal((await pushedAway(receiver(), request, at(fetchText))).status, 200);
		assert.deepEqual(asked, [CERTIFICATE_URL]);
	});
});
