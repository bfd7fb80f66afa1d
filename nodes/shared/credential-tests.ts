/**
 * Tests of the package's credentials. None of them has a service to ask, so n8n calls these through `testedBy`; every node that
 * lists a credential names its test and gives `methods = { credentialTest: credentialTests }`.
 */
import type { ICredentialTestFunction, INodeCredentialTestResult } from 'n8n-workflow';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { CoreError, openStore, signBody, whyEphemeral, type StoreOptions } from '../../core/index';
import { trimmedSecret } from './credentials';
import { usableStore } from './store';
import type { StoreCredential } from './store-options';

/** n8n's editor waits for the answer. */
const CONNECT_MS = 20_000;

export const credentialTests = {
	/** `testedBy` of sluiceSignatureApi. */
	testSignature: async (credential) => {
		const fields = fieldsOf(credential.data);
		const secret = trimmedSecret(fields['secret']);
		const previous = trimmedSecret(fields['previousSecret']);
		if (secret === '') return refused('The secret is empty.');
		if (secret === previous) return refused('The previous secret is the secret itself.');
		try {
			// By the bounds of core, which shows nothing of a secret.
			for (const one of previous === '' ? [secret] : [secret, previous]) {
				await signBody({ body: '', secret: one });
			}
		} catch (error) {
			if (error instanceof CoreError) return refused(`This cannot be a secret: ${error.message}.`);
			return refused('This cannot be a secret.');
		}
		return accepted('The secret can sign and verify.');
	},
	/** `testedBy` of sluiceStoreApi. */
	testStore: async (credential) => {
		try {
			const options = usableStore(credential.data as StoreCredential | undefined);
			return options.kind === 'sqlite'
				? await testDirectory(options.directory)
				: await testDatabase(options);
		} catch (error) {
			// Core's messages have neither the password nor the connection string.
			if (error instanceof CoreError) return refused(`${error.message}.`);
			return refused('The store cannot be opened.');
		}
	},
} satisfies Record<string, ICredentialTestFunction>;

function fieldsOf(data: object | undefined): Record<string, string | undefined> {
	return Object.fromEntries(
		Object.entries(data ?? {}).filter(([, value]) => typeof value === 'string'),
	) as Record<string, string>;
}

async function testDirectory(directory: string): Promise<INodeCredentialTestResult> {
	const trouble = await troubleWith(directory);
	if (trouble) return refused(trouble);
	const ephemeral = await whyEphemeral(directory);
	return accepted(
		[`Events will be kept in ${directory}.`, ...(ephemeral ? [`But ${ephemeral}.`] : [])].join(' '),
	);
}

/** Opens it as the nodes do, which makes or migrates the tables where that has to be done. */
async function testDatabase(options: StoreOptions): Promise<INodeCredentialTestResult> {
	const opening = openStore(options);
	const store = await beforeDeadline(opening);
	if (!store) {
		// One that opens later is closed.
		void opening.then((late) => late.close()).catch(() => {});
		return refused(`PostgreSQL did not answer within ${CONNECT_MS / 1_000} s.`);
	}
	try {
		const { engine, warnings } = await store.stats();
		const where = options.kind === 'postgres' ? options.schema : '';
		return await accepted(
			[`Events will be kept in the schema "${where}" of ${engine}.`, ...warnings].join(' '),
		);
	} finally {
		await store.close();
	}
}

async function beforeDeadline<T>(work: Promise<T>): Promise<T | undefined> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<undefined>((resolve) => {
		timer = setTimeout(() => resolve(undefined), CONNECT_MS);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}

/** Creates nothing: what does not exist yet can be made where its nearest existing folder is writable. */
async function troubleWith(directory: string): Promise<string | undefined> {
	for (let folder = directory; ; folder = path.dirname(folder)) {
		try {
			if (!(await stat(folder)).isDirectory()) return `${folder} is a file.`;
			await access(folder, constants.W_OK | constants.X_OK);
			return undefined;
		} catch (error) {
			const { code } = error as NodeJS.ErrnoException;
			if (code !== 'ENOENT') return `n8n cannot write to ${folder} (${code}).`;
			if (folder === path.dirname(folder)) return `${folder} does not exist.`;
		}
	}
}

function accepted(message: string): Promise<INodeCredentialTestResult> {
	return Promise.resolve({ status: 'OK', message });
}

function refused(message: string): Promise<INodeCredentialTestResult> {
	return Promise.resolve({ status: 'Error', message });
}
