import { HEALTH, IN_FLIGHT, OPENDATASOFT_RECORDS, RETRY } from '../../core/pure/bounds';
import { isHeaderName } from '../../core/pure/header-name';
import { PROTECTED_HEADERS } from '../../core/pure/protected-headers';
import { isStatusPattern, readStatusPatterns } from '../../core/pure/status-pattern';
import { textList } from '../../core/pure/text-list';
import type { Range } from '../../core/pure/whole-number';
import * as check from './check';
import { checkBy, type Check } from './checks-by-name';
import { chosen } from './chosen';
import { text } from './text';

/** Also a config node that is not chosen. */
const isEmpty = (value: unknown): boolean => ['', '_ADD_'].includes(String(value ?? '').trim());

const optional =
	(range: Range): Check =>
	(value, label) =>
		isEmpty(value) || check.whole(label, value, range);

const needed: Check = (value, label) => !isEmpty(value) || text('error.nameMissing', { label });

const statuses =
	(other: 'retryOn' | 'finalOn'): Check =>
	(value, label, settings) => {
		const patterns = readStatusPatterns(String(value ?? ''));
		if (!patterns.every(isStatusPattern)) return text('error.statuses', { label });
		const others = readStatusPatterns(String(settings(other) ?? ''));
		const twice = patterns.find((one) => others.includes(one));
		return twice === undefined || text('error.statusTwice', { label, status: twice });
	};

/** Only where another setting asks for it; what is hidden is not used. */
const where =
	(name: string, wanted: readonly unknown[], then: Check): Check =>
	(value, label, settings) =>
		!wanted.includes(settings(name)) || then(value, label, settings);

const ON = [true, undefined];
const HTTP = ['http', undefined];
const DATASET = ['opendatasoft'];

const idInUrl: Check = (value, label) =>
	/^(?!\.{1,2}$)[^\s/\\]{1,300}$/.test(String(value ?? '').trim()) ||
	text('error.idInUrl', { label });

/** What is wrong with each setting of sluice-forward that can be wrong. */
const CHECKS: Readonly<Record<string, Check>> = {
	url: where('destination', HTTP, (value) => check.url(value)),
	domain: where('destination', DATASET, (value, label) => {
		const verdict = check.url(value);
		const isBare = verdict === true && !/[?#]/.test(String(value));
		return isBare || text('error.domain', { label });
	}),
	dataset: where('destination', DATASET, idInUrl),
	resource: where(
		'destination',
		DATASET,
		(value, label, settings) => isEmpty(value) || idInUrl(value, label, settings),
	),
	pushKey: where('destination', DATASET, needed),
	maxRecords: where('destination', DATASET, (value, label) =>
		check.whole(label, value, OPENDATASOFT_RECORDS),
	),
	authHeader: where('auth', ['header'], (value, label) => {
		const name = String(value ?? '').trim();
		const isFree = isHeaderName(name) && !PROTECTED_HEADERS.includes(name.toLowerCase());
		return isFree || text('error.authHeader', { label });
	}),
	authUser: where('auth', ['basic'], (value, label) =>
		String(value ?? '').includes(':') ? text('error.user', { label }) : true,
	),
	authTokenUrl: where('auth', ['oauth2'], (value, label) => {
		const verdict = check.url(value);
		return verdict === true || text('error.otherUrl', { label });
	}),
	authClientId: where('auth', ['oauth2'], needed),
	authValue: where('auth', ['header'], needed),
	authToken: where(
		'auth',
		['bearer'],
		(value, label) => /^[\x21-\x7e]+$/.test(String(value ?? '')) || text('error.token', { label }),
	),
	authPassword: where('auth', ['basic'], () => true),
	authClientSecret: where('auth', ['oauth2'], needed),
	httpProxy: where('proxy', ['server'], (value) => chosen('label.httpProxy', value)),
	tls: (value) => isEmpty(value) || chosen('label.tls', value),
	count: where('send', ['batch'], (value) => check.count(value)),
	time: where('send', ['batch'], (value) => check.time(value)),
	size: where('send', ['batch'], (value) => check.size(value)),
	idle: where('send', ['batch'], (value, _label, settings) => check.idle(value, settings('time'))),
	format: (value, label, settings) => {
		const hasNoColumns = settings('send') === 'batch' && settings('data') === 'event';
		if (value === 'csv' && hasNoColumns) return text('error.csvColumns', { label });
		return value === 'csv' && (settings('body') ?? 'row') !== 'row' && settings('send') !== 'row'
			? text('error.csvBody', { label })
			: true;
	},
	body: (value, label, settings) =>
		(value ?? 'row') !== 'row' && settings('send') !== 'as' && settings('data') !== 'event'
			? text('error.bodyColumns', { label })
			: true,
	labels: where('body', ['connector'], (value, label) => {
		const keys = textList(String(value ?? ''));
		return (
			(keys.length <= 100 && keys.every(({ length }) => length <= 200)) ||
			text('error.labels', { label })
		);
	}),
	maxAge: (value, label) => check.duration(label, value, RETRY.maxAgeMs),
	retryOn: statuses('finalOn'),
	finalOn: statuses('retryOn'),
	orderKeyPath: where('order', ['key'], (value, label) => check.placeInBody(label, value)),
	maxInFlight: where('order', ['any', 'key', undefined], optional(IN_FLIGHT)),
	perSecond: optional(HEALTH.perSecond),
	perMinute: optional(HEALTH.perMinute),
	burst: (value, label, settings) => {
		if (isEmpty(value)) return true;
		const hasRate = ['perSecond', 'perMinute'].some((name) => !isEmpty(settings(name)));
		return hasRate ? check.whole(label, value, HEALTH.burst) : text('error.burst', { label });
	},
	breakerPercent: where('breaker', ON, optional(HEALTH.failurePercent)),
	breakerRequests: where('breaker', ON, optional(HEALTH.minRequests)),
	breakerWindow: where('breaker', ON, (value, label) =>
		check.duration(label, value, HEALTH.windowMs),
	),
	giveUpAfter: where('giveUp', ['pause', 'disable'], (value, label) =>
		check.duration(label, value, HEALTH.disableAfterMs),
	),
};

export const checkForward = checkBy(CHECKS);
