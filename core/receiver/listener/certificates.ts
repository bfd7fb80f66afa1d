/**
 * Certificate and key of a listener. Those of files are looked at again every few seconds and taken over when they have changed, by their
 * contents: whoever renews them writes two files, one after the other, or moves a link. Until both fit, and where they never do, what
 * was in use stays in use. Connections that are open keep theirs.
 */
import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ConfigError } from '../../errors';
import type { Cancel, Clock } from '../../runtime/clock';
import type { Logger } from '../../runtime/logger';

/** What a listener speaks TLS with: PEM as text, or files of it. */
export type ListenerTls = {
	/** Senders have to show a certificate that one of these authorities has signed. Absent: they show none. */
	readonly ca?: string | undefined;
	/** Of the key. */
	readonly passphrase?: string | undefined;
} & (
	| { readonly cert: string; readonly key: string; readonly certFile?: undefined }
	| {
			/** Of the server, and behind it those that lead to an authority that senders know. */
			readonly certFile: string;
			readonly keyFile: string;
			/** In the place of `ca`. */
			readonly caFile?: string | undefined;
	  }
);

export interface CertificatePorts {
	readonly clock: Clock;
	readonly logger: Logger;
	readonly everyMs: number;
	/** Hears of what new connections are to speak with. */
	readonly onChange: (options: SecureContextOptions) => void;
}

interface Loaded {
	readonly options: SecureContextOptions;
	/** When the certificate ends, milliseconds since the Unix epoch. */
	readonly endsAt: number;
}

/** Bigger files are none of these. */
const MAX_FILE_BYTES = 1_048_576;

export class Certificates {
	readonly #tls: ListenerTls;
	#loaded: Loaded;
	#fault: string | undefined;
	#cancel: Cancel | undefined;

	private constructor(tls: ListenerTls, loaded: Loaded) {
		this.#tls = tls;
		this.#loaded = loaded;
	}

	/** @throws ConfigError naming the field: what cannot be read, is no PEM, or does not fit together */
	static async load(tls: ListenerTls): Promise<Certificates> {
		return new Certificates(tls, await load(tls));
	}

	get options(): SecureContextOptions {
		return this.#loaded.options;
	}

	get endsAt(): number {
		return this.#loaded.endsAt;
	}

	/** Looks at files again and again until `close`. */
	watch(ports: CertificatePorts): void {
		if (this.#tls.certFile === undefined) return;
		this.#cancel = ports.clock.after(ports.everyMs, () => void this.#look(ports));
	}

	close(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}

	async #look(ports: CertificatePorts): Promise<void> {
		try {
			const now = await load(this.#tls);
			if (JSON.stringify(now.options) !== JSON.stringify(this.#loaded.options) && this.#cancel) {
				this.#loaded = now;
				ports.onChange(now.options);
				ports.logger.info(`the certificate was renewed; it ends at ${instant(now.endsAt)}`);
			}
			this.#fault = undefined;
		} catch (error) {
			this.#tell(error, ports.logger);
		}
		if (this.#cancel) this.watch(ports);
	}

	/** Each fault once. */
	#tell(error: unknown, logger: Logger): void {
		const fault = error instanceof ConfigError ? error.message : 'it cannot be read';
		if (fault === this.#fault) return;
		this.#fault = fault;
		logger.error(
			`a renewed certificate was not taken: ${fault}. The former one stays in use and ends at ${instant(this.endsAt)}`,
			{ code: 'ERR_CONFIG_INVALID' },
		);
	}
}

function instant(at: number): string {
	return new Date(at).toISOString();
}

async function load(tls: ListenerTls): Promise<Loaded> {
	const isOfFiles = tls.certFile !== undefined;
	const cert = isOfFiles ? await readPem(tls.certFile, 'certFile') : tls.cert;
	const key = isOfFiles ? await readPem(tls.keyFile, 'keyFile') : tls.key;
	const ca = isOfFiles && tls.caFile ? await readPem(tls.caFile, 'caFile') : tls.ca;
	const { passphrase } = tls;
	const options = { cert, key, ...(ca ? { ca } : {}), ...(passphrase ? { passphrase } : {}) };
	const field = isOfFiles ? 'certFile' : 'cert';
	const endsAt = endOf(cert, field);
	try {
		createSecureContext(options);
	} catch (error) {
		throw new ConfigError(
			isOfFiles ? 'keyFile' : 'key',
			`the key of the certificate, as PEM and with its passphrase (${reasonOf(error)})`,
			undefined,
			{ cause: error },
		);
	}
	return { options, endsAt };
}

/** Of the first one in the text, which is the server's. */
function endOf(cert: string, field: string): number {
	try {
		return Date.parse(new X509Certificate(cert).validTo);
	} catch (error) {
		throw new ConfigError(field, 'a certificate as PEM', undefined, { cause: error });
	}
}

async function readPem(file: string, field: string): Promise<string> {
	const expected = 'a file that can be read, with PEM';
	try {
		const { size } = await stat(file);
		// A device has no size and may have no end.
		if (size > 0 && size <= MAX_FILE_BYTES) return await readFile(file, 'utf8');
	} catch (error) {
		throw new ConfigError(field, `${expected} (${reasonOf(error)})`, file, { cause: error });
	}
	throw new ConfigError(field, `${expected}, of at most ${MAX_FILE_BYTES} bytes`, file);
}

function reasonOf(error: unknown): string {
	return String((error as NodeJS.ErrnoException).code ?? 'unknown error');
}
