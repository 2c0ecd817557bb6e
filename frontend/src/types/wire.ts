/**
 * Short names for the API's rows and answers: aliases of the generated schemas (`api.ts`). Types are written out only
 * where the API description is not precise enough, each with its reason.
 */
import type { components } from "./api";

type Schemas = components["schemas"];

// -- accounts ---------------------------------------------------------------------------------------------------

export type Account = Schemas["Account"];
export type AccountStatus = Account["status"];
export type NextStep = Account["next_step"];
export type RejectedAccount = Schemas["Refusal"];
export type AccountErasure = Schemas["AccountErasure"];

/** The description has one shape with optional fields; `type` decides which of them is there. */
export type Checkpoint =
  | { readonly type: "qrcode"; readonly qrcode: string; readonly expires_at: string }
  | { readonly type: "code"; readonly code: string; readonly expires_at: string };

/** There always is an account, except for the hosted page, which has a route function of its own. */
export interface Connected {
  readonly account: Account;
  readonly checkpoint?: Checkpoint | null;
}

// -- messages ---------------------------------------------------------------------------------------------------

export type Message = Schemas["Message"];
export type MessageStatus = Message["status"];
export type Direction = Message["direction"];
export type Sender = Schemas["Person"];
export type Mention = Schemas["Mention"];
export type Quoted = Schemas["Quoted"];
export type Reaction = Schemas["Reaction"];
export type Attachment = Schemas["Attachment"];
export type GeoLocation = Schemas["Location"];
export type CardContact = Schemas["CardContact"];

/** Every row carries the seq of its last change; the higher seq is newer. */
export type Row = Pick<Message, "id" | "seq">;

// -- chats ------------------------------------------------------------------------------------------------------

/** The description has plain strings here; the values are those of the chat's last message. */
export type Chat = Omit<Schemas["Chat"], "last_message_direction" | "last_message_status"> & {
  readonly last_message_direction: Direction | null;
  readonly last_message_status: MessageStatus | null;
};
export type ChatKind = Chat["kind"];
export type ChatPeople = Schemas["ChatPeople"];
export type AccountUnread = Schemas["AccountUnread"];
export type UnreadChat = Schemas["UnreadChat"];

/** A contact with all its provider ids: pushed and replayed only, so the description has no schema for it. */
export type Contact = Row & Omit<FoundContact, "chat_id"> & { readonly provider_ids: readonly string[] };

// -- lists ------------------------------------------------------------------------------------------------------

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** Part of a list that continues in both directions. */
export interface Window<T> extends Page<T> {
  /** Where newer rows are read; null where the list ends, absent when it was read from the end. */
  readonly previous_cursor?: string | null;
}

export type Changes = Schemas["Changes"];
export type FoundContact = Schemas["FoundPerson"];
export type FoundMessage = Schemas["FoundMessage"];
export type Found = Omit<Schemas["Found"], "chats"> & { readonly chats: readonly Chat[] };

// -- users ------------------------------------------------------------------------------------------------------

export type User = Schemas["User"];
export type SignedIn = Schemas["Session"];
export type Me = Schemas["Me"];
/** What a user may do in the team, and with an account by their role on it. */
export type Rights = Pick<Me, "permissions" | "number_permissions">;
export type TeamUser = Schemas["TeamUser"];
export type TeamRole = TeamUser["role"];
export type TeamUserWithLink = Schemas["TeamUserWithLink"];
export type KnownLink = Schemas["KnownLink"];
export type Member = Schemas["Member"];
export type MemberRole = Member["role"];
export type ApiKey = Schemas["ApiKey"];
export type Scope = ApiKey["scopes"][number];
export type NewKey = Schemas["CreateKey"];
export type AuditLine = Schemas["AuditLine"];
export type Config = Schemas["Settings"];

// -- plans and usage --------------------------------------------------------------------------------------------

export type Entitlement = Schemas["Entitlement"];
export type Limit = Schemas["Limit"];
export type Usage = Schemas["Usage"];
export type UsageDay = Schemas["Day"];
/** One provider's month without its days, as it is pushed. */
export type MonthUsage = Omit<Schemas["MonthUsage"], "days">;

// -- privacy ----------------------------------------------------------------------------------------------------

export type Erasure = Schemas["Erasure"];
export type Export = Schemas["Export"];
