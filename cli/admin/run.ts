import { openAdmin, type Admin, type LocalAnswer } from '../../core/index';
import { writeText } from '../output';
import type { AdminCommand } from './command';
import { showAdmin } from './show';

/** @param warn hears what the store says of itself @returns whether it was done; @throws as openAdmin */
export async function runAdmin(
	command: AdminCommand,
	warn: (message: string) => void,
): Promise<boolean> {
	const admin = await openAdmin(command.store, warn);
	try {
		const answer = await askAll(admin, command);
		if (answer.status >= 400) {
			const { error = '', message = `status ${answer.status}` } = (answer.json ?? {}) as {
				error?: string;
				message?: string;
			};
			warn(error === '' ? message : `${error}: ${message}`);
			return false;
		}
		const { word, json } = command;
		await writeText(
			json ? `${JSON.stringify(answer.json ?? {}, null, 2)}\n` : showAdmin(word, answer.json),
		);
		return true;
	} finally {
		await admin.close();
	}
}

/** An account alone lets nobody in, so its first credential is made with it. */
async function askAll(admin: Admin, { call, thenAdd }: AdminCommand): Promise<LocalAnswer> {
	const first = await admin.ask(call);
	if (first.status >= 400 || !thenAdd) return first;
	const { id: account } = first.json as { id: string };
	return admin.ask({ operation: 'addCredential', path: { account }, body: thenAdd });
}
