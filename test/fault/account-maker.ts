/**
 * A process that makes an account, for the test that kills it. Arguments: MakerOptions as JSON.
 */
import { writeSync } from 'node:fs';
import { accessCore, localAnswers } from '../../core/api/open-api';
import { openStore, type StoreOptions } from '../../core/buffer/open-store';

export interface MakerOptions {
	readonly store: StoreOptions;
	/** It says so once something is on disk in this collection, and stays there. */
	readonly diesBehind: string;
}

const { store: options, diesBehind } = JSON.parse(process.argv[2] ?? '') as MakerOptions;

async function run(): Promise<void> {
	const store = await openStore(options);
	const { documents } = store;
	const put = documents.put.bind(documents);
	documents.put = async (collection, ...rest) => {
		const revision = await put(collection, ...rest);
		if (collection !== diesBehind) return revision;
		writeSync(1, 'put\n');
		return new Promise(() => {});
	};
	const answer = localAnswers(accessCore(store));
	const body = { label: 'one', grants: [{ project: '*', role: 'administer' }] };
	await answer({ operation: 'addAccount', body });
}

void run();
