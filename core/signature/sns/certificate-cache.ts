import { X509Certificate, type KeyObject } from 'node:crypto';
import { ReceiveError } from '../../errors';
import type { FetchText } from '../../runtime/fetch-text';
import { keepNewest } from '../../runtime/keep-newest';
import { processShared } from '../../runtime/process-shared';
import { failure } from '../failure';

/** SNS has a new certificate every year or so. */
const MAX_KNOWN = 20;
/** A name that leads to no certificate is not asked for again so soon. */
const FAILED_MS = 60_000;
const MAX_FAILED = 100;
/** Whoever makes names up cannot make us ask more often, over all names. */
const MAX_FETCHES = 20;
const FETCHES_MS = 60_000;

/** The certificates of a sender by their URLs: each is fetched once, and by one request at a time. */
export class CertificateCache {
	readonly #fetchText: FetchText;
	readonly #known = new Map<string, X509Certificate>();
	readonly #failed = new Map<string, number>();
	readonly #underWay = new Map<string, Promise<X509Certificate>>();
	#fetches: number[] = [];

	constructor(fetchText: FetchText) {
		this.#fetchText = fetchText;
	}

	/**
	 * @param url checked by the caller
	 * @param now milliseconds since the Unix epoch
	 * @throws ReceiveError ERR_SENDER_UNAVAILABLE; SignatureError where it is not valid now
	 */
	async keyAt(url: string, now: number): Promise<KeyObject> {
		const certificate = this.#known.get(url) ?? (await this.#fetchOnce(url, now));
		const isValid =
			now >= Date.parse(certificate.validFrom) && now <= Date.parse(certificate.validTo);
		if (!isValid) throw failure('ERR_SIGNATURE_MISMATCH', 'certificate_not_valid_now');
		return certificate.publicKey;
	}

	#fetchOnce(url: string, now: number): Promise<X509Certificate> {
		const underWay = this.#underWay.get(url);
		if (underWay) return underWay;
		if (now < (this.#failed.get(url) ?? 0) + FAILED_MS)
			throw unavailable('it was not there just now');
		this.#fetches = this.#fetches.filter((at) => at > now - FETCHES_MS);
		if (this.#fetches.length >= MAX_FETCHES) throw unavailable('too many were asked for');
		this.#fetches.push(now);
		const fetching = this.#fetch(url)
			.then(
				(certificate) => {
					keepNewest(this.#known, url, certificate, MAX_KNOWN);
					return certificate;
				},
				(error: unknown) => {
					keepNewest(this.#failed, url, now, MAX_FAILED);
					throw error;
				},
			)
			.finally(() => this.#underWay.delete(url));
		this.#underWay.set(url, fetching);
		return fetching;
	}

	async #fetch(url: string): Promise<X509Certificate> {
		const { status, text } = await this.#fetchText(url).catch((cause: unknown) => {
			throw unavailable('its server could not be reached', cause);
		});
		if (status !== 200) throw unavailable(`its server answered ${status}`);
		try {
			return new X509Certificate(text);
		} catch (cause) {
			throw unavailable('what its server has is no certificate', cause);
		}
	}
}

/** The one of a port. @throws ReceiveError ERR_SENDER_UNAVAILABLE where there is no port */
export function certificatesOf(fetchText: FetchText | undefined): CertificateCache {
	if (!fetchText) throw unavailable('nothing can be fetched here');
	return processShared('certificates', () => new CertificateCache(fetchText), fetchText);
}

function unavailable(why: string, cause?: unknown): ReceiveError {
	return new ReceiveError(
		'ERR_SENDER_UNAVAILABLE',
		`the certificate that the sender names could not be fetched: ${why}`,
		cause === undefined ? {} : { cause },
	);
}
