import { checkChoice, checkWhole } from '../check-value';
import type { RateConfig } from '../config';
import type { ReceiverInput } from '../pipeline/parse-receiver';
import { FORMER_URL_SECRET_MS, HEALTH, RECEIVER_LIMITS } from '../pure/bounds';
import type { Range } from '../pure/whole-number';
import { ConfigError } from '../errors';
import { readDuration } from './read-duration';
import { readNumber } from './read-number';
import { isAbsent, setOnly } from './set-only';
import type { SettingPath } from './setting-path';

type Digits = number | string | undefined;

/** How many requests a receiver takes, and what it does with copies; how they are used is told in buffer-settings.ts. Empty: no limit. */
export interface LimitSettings {
	/** Of all senders together, of those that prove who they are; `limitBurst` at once. Numbers may be digits. */
	readonly limitPerSecond?: Digits;
	readonly limitPerMinute?: Digits;
	readonly limitBurst?: Digits;
	/** Of each client by its address. */
	readonly clientPerSecond?: Digits;
	readonly clientPerMinute?: Digits;
	readonly clientBurst?: Digits;
	/** Requests that are worked on at once. */
	readonly maxConcurrent?: Digits;
	/** Copies of signed requests; default drop. */
	readonly replays?: ReceiverInput['replays'];
	/** How long the former secret of the URL goes on, such as `24h`, which is the default; `0s`: not at all. */
	readonly formerUrlSecret?: string | undefined;
}

/** @throws ConfigError naming the dialog's field and the bound */
export function toLimits(
	settings: LimitSettings,
	at: SettingPath,
): Pick<ReceiverInput, 'limits' | 'replays' | 'formerUrlSecretMs'> {
	const { replays, formerUrlSecret } = settings;
	const number = (name: keyof LimitSettings, bounds: Range): number | undefined => {
		const value = settings[name];
		return isAbsent(value) ? undefined : checkWhole(readNumber(value, at(name)), at(name), bounds);
	};
	const rate = rateOf(
		{
			perSecond: number('limitPerSecond', HEALTH.perSecond),
			perMinute: number('limitPerMinute', HEALTH.perMinute),
			burst: number('limitBurst', HEALTH.burst),
		},
		at('limitBurst'),
	);
	const clientRate = rateOf(
		{
			perSecond: number('clientPerSecond', HEALTH.perSecond),
			perMinute: number('clientPerMinute', HEALTH.perMinute),
			burst: number('clientBurst', HEALTH.burst),
		},
		at('clientBurst'),
	);
	const concurrency = number('maxConcurrent', RECEIVER_LIMITS.concurrency);
	const limits = setOnly({ rate, clientRate, concurrency });
	const former = formerUrlSecret?.trim();
	return {
		...(limits ? { limits } : {}),
		...(replays === undefined
			? {}
			: { replays: checkChoice(replays, at('replays'), ['drop', 'take'] as const) }),
		...(isAbsent(former)
			? {}
			: { formerUrlSecretMs: readDuration(former, at('formerUrlSecret'), FORMER_URL_SECRET_MS) }),
	};
}

function rateOf(
	given: { [Name in keyof RateConfig]: number | undefined },
	burst: string,
): RateConfig | undefined {
	const rate = setOnly(given);
	if (rate && rate.perSecond === undefined && rate.perMinute === undefined)
		throw new ConfigError(burst, 'requests per second or per minute beside it');
	return rate;
}
