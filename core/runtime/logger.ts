/** Where core reports what a person should be able to find later. Messages carry codes, never secrets or bodies. */
export interface Logger {
	debug(message: string, fields?: Record<string, unknown>): void;
	info(message: string, fields?: Record<string, unknown>): void;
	warn(message: string, fields?: Record<string, unknown>): void;
	error(message: string, fields?: Record<string, unknown>): void;
}

/** Discards everything; the default where no host gives a logger. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
