import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SignatureError } from '../../core/errors';
import { lowerCaseHeaders } from '../../core/event/create-event';
import { authenticate } from '../../core/signature/authenticate';
import { verifyBody } from '../../core/signature/verify-body';

interface Vector {
	id: string;
	rules: string[];
	secret: string;
	headerName: string | null;
	token: string | null;
	bodyRef: string;
	now: number;
	expect: Record<OptionSet, { result: 'accept' | 'reject'; reason?: string }>;
}

type OptionSet = 'strict' | 'allowSha1' | 'leeway60';

const OPTION_SETS: Record<OptionSet, { leewaySeconds?: number; allowSha1?: boolean }> = {
	strict: { leewaySeconds: 0 },
	allowSha1: { leewaySeconds: 0, allowSha1: true },
	leeway60: {},
};

const { jwt } = JSON.parse(
	readFileSync(new URL('../cases/disruptive.json', import.meta.url), 'utf8'),
) as { jwt: { bodies: Record<string, string>; vectors: Vector[] } };

describe('Disruptive signature vectors', () => {
	for (const vector of jwt.vectors) {
		for (const name of Object.keys(OPTION_SETS) as OptionSet[]) {
			const expected = vector.expect[name];
			const { secret, token, headerName, now: nowSeconds } = vector;
			const body = Buffer.from(jwt.bodies[vector.bodyRef] ?? assert.fail('no such body'));
			const now = nowSeconds * 1000;

			it(`${vector.id}, ${name}: ${expected.reason ?? 'accepted'} (${vector.rules.join(', ')})`, async () => {
				const result = verifyBody({
					token: token ?? undefined,
					body,
					secrets: [secret],
					now,
					...OPTION_SETS[name],
				});
				await assertOutcome(result, expected.reason);
			});

			it(`${vector.id}, ${name}, as a request`, async () => {
				const headers = lowerCaseHeaders(headerName && token ? { [headerName]: token } : {});
				const way = { kind: 'body-jwt', secrets: [secret], ...OPTION_SETS[name] } as const;
				// Their clocks were right when they were recorded, long before this release.
				const request = { method: 'POST', headers, body, now };
				await assertOutcome(authenticate(request, [way], 0), expected.reason);
			});
		}
	}
});

async function assertOutcome(result: Promise<unknown>, reason: string | undefined): Promise<void> {
	if (reason === undefined) {
		await result;
		return;
	}
	await assert.rejects(
		result,
		(error: unknown) => error instanceof SignatureError && error.details['reason'] === reason,
	);
}
