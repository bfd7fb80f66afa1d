import type { InspectOptions } from '../../buffer/inspect/open-inspector';
import { openToOperate } from '../../buffer/inspect/open-to-operate';
import { CoreError } from '../../errors';
import { silentLogger } from '../../runtime/logger';
import { accessCore, localAnswers } from '../open-api';
import type { OperationCall } from '../call-operation';
import { askLocal, isListening } from './local-client';
import { localError } from './local-place';
import { LOCAL_VERSION, type LocalAnswer } from './messages';

export interface Admin {
	/** @throws CoreError ERR_LOCAL_UNAVAILABLE where the process that has the store gives no answer; what is refused is an answer */
	ask(call: OperationCall): Promise<LocalAnswer>;
	close(): Promise<void>;
}

/**
 * Operations of access over a store: asked of the process that has it, where that listens; else the store is opened here.
 *
 * @param warn hears what the store says of itself
 * @throws as `openToOperate`; CoreError ERR_LOCAL_UNAVAILABLE where another process has the store and does not listen
 */
export async function openAdmin(
	place: InspectOptions,
	warn: (message: string) => void = () => {},
): Promise<Admin> {
	if (place.kind === 'sqlite' && (await isListening(place.directory))) {
		return { ask: (call) => askLocal(place.directory, call), close: async () => {} };
	}
	const store = await openToOperate(place, warn).catch((error: unknown) => {
		throw adviseOwned(error);
	});
	const answer = localAnswers(accessCore(store, { logger: { ...silentLogger, warn } }));
	return {
		async ask(call) {
			const { status, json } = await answer(call);
			return { v: LOCAL_VERSION, status, json };
		},
		close: () => store.close(),
	};
}

function adviseOwned(error: unknown): unknown {
	if (!(error instanceof CoreError) || error.code !== 'ERR_STORE_OWNED') return error;
	return localError(
		`${error.message}; that listens to the command line while it serves an API: start one there, or stop the process`,
		error,
	);
}
