/** How the dialog of a host calls a setting, for messages: `flushCount` for `count`, `buffers[1].fields` for `fields`. */
export type SettingPath = (name: string) => string;

/** Of a dialog that calls it the same. */
export const sameName: SettingPath = (name) => name;
