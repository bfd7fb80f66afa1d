/** Of every request we send (D15). A test compares the version with package.json. */
export const USER_AGENT = 'Sluice/0.1.0';
