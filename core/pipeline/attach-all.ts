import type { Attachment } from './attachment';

/** Several attachments as one: all of them, or none. */
export async function attachAll(attach: readonly (() => Attachment)[]): Promise<Attachment> {
	const done: Attachment[] = [];
	const detach: Attachment['detach'] = async (how) => {
		await Promise.all(done.map((one) => one.detach(how)));
	};
	try {
		for (const one of attach) done.push(one());
	} catch (error) {
		await detach();
		throw error;
	}
	return { ready: Promise.all(done.map(({ ready }) => ready)).then(() => {}), detach };
}
