/** The demo's Jsonnet column: what matters of a sensor event. */
export const READING = `{
  device: std.split(Body("event.targetName"), "/")[3],
  type: Body("event.eventType"),
  data: Body("event.data"),
  name: Body("labels.name", null),
}`;
