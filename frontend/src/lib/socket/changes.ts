/**
 * Validates live data once, where it enters the app: a push or a replayed change becomes a typed `Change`.
 *
 * Each schema is checked against the generated type of its row: a field that the API adds or changes is a compile error.
 */
import * as v from "valibot";
import type { Message, Note } from "@/types/wire";
import { plannedMessage } from "./plannedMessage";
import { account, activity, chat, contact, message, note, tombstone, type Tombstone } from "./rowSchemas";
import { colleagues, month, notification, preferences, rejected, savedDraft, sharedDraft } from "./userSchemas";

const SCHEMAS = {
  "message:new": message,
  "message:sent": message,
  "message:updated": message,
  "chat:updated": chat,
  "activity:new": activity,
  "note:new": note,
  "note:updated": note,
  "planned:updated": plannedMessage,
  "contact:updated": contact,
  "account:updated": account,
  "chat:erased": tombstone,
  "chat:trimmed": tombstone,
  "chat:hidden": tombstone,
  "message:erased": tombstone,
  "contact:erased": tombstone,
  "notification:updated": notification,
  "notifications:read": v.object({ up_to: v.number(), seq: v.number() }),
  "draft:saved": savedDraft,
  "draft:updated": sharedDraft,
  "preferences:updated": preferences,
  "account:refused": rejected,
  "usage:updated": month,
  "rights:changed": v.object({}),
  "labels:changed": v.object({}),
  "contact-fields:changed": v.object({}),
  "views:changed": v.object({}),
  "unnumbered:missed": v.object({}),
  presence: colleagues,
  typing: colleagues,
  skipped: v.object({}),
} as const;

type Schemas = typeof SCHEMAS;
export type ChangeEvent = keyof Schemas;
export const CHANGE_EVENTS = Object.keys(SCHEMAS) as readonly ChangeEvent[];

/** A change: `event` determines the type of `data`. */
export type Change = { [E in ChangeEvent]: { readonly event: E; readonly data: Readonly<v.InferOutput<Schemas[E]>> } }[ChangeEvent];

export type MessageChange = Extract<Change, { readonly data: Message }>;
export type ErasureChange = Extract<Change, { readonly data: Tombstone }>;

export const isMessageChange = (change: Change): change is MessageChange => SCHEMAS[change.event] === message;

export type NoteChange = Extract<Change, { readonly data: Note }>;

export const isNoteChange = (change: Change): change is NoteChange => SCHEMAS[change.event] === note;

export const isErasure = (change: Change): change is ErasureChange => SCHEMAS[change.event] === tombstone;

const isKnown = (event: string): event is ChangeEvent => Object.hasOwn(SCHEMAS, event);

/** How many changes were ignored since the page was opened. */
export const ignored = { unknown: 0, malformed: 0 };

/** The typed change; "unknown" for an event of a newer server, "malformed" if the data does not match the event. */
export function parseChange(event: string, data: unknown): Change | "unknown" | "malformed" {
  if (!isKnown(event)) {
    ignored.unknown += 1;
    return "unknown";
  }
  const result = v.safeParse(SCHEMAS[event], data, { abortEarly: true });
  if (!result.success) {
    ignored.malformed += 1;
    return "malformed";
  }
  return { event, data: result.output } as Change;
}
