import type { HealthConfig } from '../config';
import { ConfigError } from '../errors';
import { validateHealth } from '../health/resolve-health';
import { HEALTH } from '../pure/bounds';
import type { Range } from '../pure/whole-number';
import { readDuration } from './read-duration';
import { readNumber } from './read-number';
import { isAbsent, setOnly } from './set-only';
import { inDialog, type SettingPath } from './setting-path';

/** When requests to an endpoint are held up, and when it is given up; how they are used is told in buffer-settings.ts. */
export interface HealthSettings {
	/** Holds requests back while an endpoint fails; default true. */
	readonly breaker?: boolean | undefined;
	/** It does so at this share of failures, of at least so many requests, in such a time (`5m`). Numbers may be digits. */
	readonly breakerPercent?: number | string | undefined;
	readonly breakerRequests?: number | string | undefined;
	readonly breakerWindow?: string | undefined;
	/** Of requests; empty: as many as come. */
	readonly perSecond?: number | string | undefined;
	readonly perMinute?: number | string | undefined;
	readonly burst?: number | string | undefined;
	/** What nothing but failures for `giveUpAfter` (`120h`) leads to; default pause. */
	readonly giveUp?: NonNullable<HealthConfig['giveUp']>['action'] | undefined;
	readonly giveUpAfter?: string | undefined;
}

const PLACES = {
	'health.breaker': 'breaker',
	'health.breaker.failurePercent': 'breakerPercent',
	'health.breaker.minRequests': 'breakerRequests',
	'health.rate': 'burst',
	'health.rate.perSecond': 'perSecond',
	'health.rate.perMinute': 'perMinute',
	'health.rate.burst': 'burst',
	'health.giveUp.action': 'giveUp',
};

/** @returns undefined where nothing is set @throws ConfigError naming the dialog's field and the bound */
export function toHealth(settings: HealthSettings, at: SettingPath): HealthConfig | undefined {
	const number = (name: keyof HealthSettings, value: unknown): number | undefined =>
		isAbsent(value) ? undefined : readNumber(value, at(name));
	const duration = (name: keyof HealthSettings, value: unknown, bounds: Range) =>
		isAbsent(value) ? undefined : readDuration(value, at(name), bounds);
	const isOn: unknown = settings.breaker ?? true;
	if (typeof isOn !== 'boolean') throw new ConfigError(at('breaker'), 'true or false', isOn);
	const breaker = !isOn
		? false
		: setOnly({
				failurePercent: number('breakerPercent', settings.breakerPercent),
				minRequests: number('breakerRequests', settings.breakerRequests),
				windowMs: duration('breakerWindow', settings.breakerWindow, HEALTH.windowMs),
			});
	const rate = setOnly({
		perSecond: number('perSecond', settings.perSecond),
		perMinute: number('perMinute', settings.perMinute),
		burst: number('burst', settings.burst),
	});
	const action = settings.giveUp;
	const giveUp = setOnly({
		action,
		afterMs:
			action === 'nothing'
				? undefined
				: duration('giveUpAfter', settings.giveUpAfter, HEALTH.disableAfterMs),
	});
	const health: HealthConfig | undefined = setOnly({ breaker, rate, giveUp });
	if (health) inDialog(() => validateHealth(health), at, PLACES);
	return health;
}
