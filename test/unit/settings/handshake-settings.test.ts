import assert from 'node:assert/strict';
import { HANDSHAKE_KINDS, showsVerifyToken } from '../../../core/pure/handshake-kinds';
import {
	toAnswer,
	toHandshake,
	type AnswerSettings,
} from '../../../core/settings/handshake-settings';
import { toReceiver } from '../../../core/settings/receiver-settings';

const at = (name: string): string => `options.${name}`;

describe('the handshake of a dialog', () => {
	it('is none, or a kind, with the verify token where the sender shows one', () => {
		const never = () => assert.fail('nobody asked for it');
		for (const none of [undefined, '', 'none'])
			assert.deepEqual(toHandshake({ handshake: none, verifyToken: never }), {});
		for (const kind of HANDSHAKE_KINDS) {
			const isShown = showsVerifyToken(kind);
			const made = toHandshake({ handshake: kind, verifyToken: isShown ? () => 't' : never });
			assert.deepEqual(made, { handshake: { kind, ...(isShown ? { secrets: ['t'] } : {}) } });
		}
	});

	it('is refused by the names of the dialog', () => {
		const verifyToken = () => '';
		assert.throws(() => toHandshake({ handshake: 'x1', verifyToken }, at), {
			code: 'ERR_CONFIG_INVALID',
			message: /^options\.handshake: expected one of slack/,
		});
		for (const token of ['', undefined, ' blank ', 'a\nb'])
			assert.throws(() => toHandshake({ handshake: 'meta', verifyToken: () => token }, at), {
				code: 'ERR_CONFIG_INVALID',
				message: /^options\.verifyToken: expected a secret/,
			});
	});
});

describe('the answer of a dialog', () => {
	it('is ours where nothing is set', () => {
		for (const settings of [
			{},
			{ answerStatus: '', answerBody: 'ours', answerText: 'left', answerHeaders: ' \n' },
		] as AnswerSettings[])
			assert.deepEqual(toAnswer(settings), {});
		assert.equal('answer' in toReceiver({}), false);
	});

	it('is what is set: digits, lines of headers, a text where there is one', () => {
		const settings: AnswerSettings = {
			answerStatus: '202',
			answerBody: 'json',
			answerText: '{"ok":true}',
			answerRefusals: 'status',
			answerHeaders: 'X-A: 1: 2\r\n\n  cache-control :no-store  ',
		};
		const answer = {
			status: 202,
			headers: { 'X-A': '1: 2', 'cache-control': 'no-store' },
			body: 'json',
			text: '{"ok":true}',
			refusals: 'status',
		};
		assert.deepEqual(toAnswer(settings), { answer });
		assert.deepEqual(toReceiver(settings).answer, answer);
		assert.deepEqual(toAnswer({ answerBody: 'empty', answerText: 'left' }), {
			answer: { body: 'empty' },
		});
	});

	for (const [settings, message] of [
		[{ answerStatus: '3x' }, /^options\.answerStatus: expected a number/],
		[{ answerStatus: 302 }, /^options\.answerStatus: expected .*200 to 299/],
		[{ answerStatus: 204 }, /^options\.answerBody: expected empty/],
		[{ answerBody: 'html' }, /^options\.answerBody: expected one of ours/],
		[{ answerBody: 'text' }, /^options\.answerText: expected a text/],
		[{ answerBody: 'json', answerText: '{' }, /^options\.answerText: expected JSON/],
		[{ answerHeaders: 'no colon' }, /^options\.answerHeaders: expected lines/],
		[{ answerHeaders: ': value' }, /^options\.answerHeaders: expected lines/],
		[
			{ answerHeaders: 'a b: c' },
			/^options\.answerHeaders\["a b"\]: expected the name of a header/,
		],
		[{ answerHeaders: 'A: 1\na: 2' }, /^options\.answerHeaders: expected each header once/],
		[{ answerHeaders: 'Content-Length: 1' }, /^options\.answerHeaders\["Content-Length"\]/],
	] as [AnswerSettings, RegExp][]) {
		it(`is refused by the names of the dialog: ${JSON.stringify(settings)}`, () => {
			assert.throws(() => toAnswer(settings, at), { code: 'ERR_CONFIG_INVALID', message });
		});
	}
});
