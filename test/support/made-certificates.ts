import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface MadeCertificate {
	readonly key: string;
	readonly cert: string;
}

export interface Authority {
	readonly cert: string;
	/**
	 * A certificate that the authority has signed.
	 *
	 * @param o.name as in subjectAltName, such as `IP:127.0.0.1`
	 * @param o.days of its first and its last day, from today
	 */
	issue(o: {
		readonly name: string;
		readonly days: readonly [from: number, to: number];
	}): Promise<MadeCertificate>;
	/** Removes its folder. */
	close(): Promise<void>;
}

const DAY_MS = 86_400_000;

/** `openssl ca` wants all of it, and is the one command of old and new versions alike that takes any dates. */
const configuration = (folder: string): string => `
[ca]
default_ca = own
[own]
database = ${join(folder, 'issued')}
new_certs_dir = ${folder}
certificate = ${join(folder, 'ca.pem')}
private_key = ${join(folder, 'ca.key')}
default_md = sha256
policy = names
copy_extensions = copy
rand_serial = yes
unique_subject = no
[names]
commonName = supplied
[req]
distinguished_name = none
[none]
`;

/** An authority of its own, by the `openssl` of this machine. @throws where there is none */
export async function madeAuthority(): Promise<Authority> {
	const folder = await mkdtemp(join(tmpdir(), 'sluice-ca-'));
	const at = (name: string): string => join(folder, name);
	const openssl = async (...args: string[]): Promise<void> => {
		const [command = '', ...others] = args;
		await promisify(execFile)('openssl', [command, '-config', at('openssl.cnf'), ...others]);
	};
	const request = (name: string, ...more: string[]): Promise<void> =>
		openssl(
			...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
			...['-subj', `/CN=${name}`, '-keyout', at(`${name}.key`), ...more],
		);
	await writeFile(at('openssl.cnf'), configuration(folder));
	const isAuthority = ['-addext', 'basicConstraints=critical,CA:TRUE'];
	await request('ca', '-x509', '-days', '2', '-out', at('ca.pem'), ...isAuthority);
	let made = 0;
	// `openssl ca` keeps its list in a file that it renames: one at a time.
	let turn: Promise<unknown> = writeFile(at('issued'), '');
	return {
		cert: await readFile(at('ca.pem'), 'utf8'),
		async issue({ name, days: [from, to] }) {
			const own = `issued-${++made}`;
			await request(own, '-out', at(`${own}.csr`), '-addext', `subjectAltName=${name}`);
			const signed = turn.then(() =>
				openssl(
					...['ca', '-batch', '-notext', '-in', at(`${own}.csr`), '-out', at(`${own}.pem`)],
					...['-startdate', instant(from), '-enddate', instant(to)],
				),
			);
			turn = signed.catch(() => undefined);
			await signed;
			const [key = '', cert = ''] = await Promise.all(
				['key', 'pem'].map((end) => readFile(at(`${own}.${end}`), 'utf8')),
			);
			return { key, cert };
		},
		close: () => rm(folder, { recursive: true, force: true }),
	};
}

/** YYYYMMDDHHMMSSZ */
function instant(days: number): string {
	const text = new Date(Date.now() + days * DAY_MS).toISOString();
	return `${text.replaceAll(/[-:T]|\.\d+Z/g, '')}Z`;
}
