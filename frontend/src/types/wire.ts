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
export type NewChats = Schemas["NewChats"];
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

export type OneHours = Schemas["OneHours"];
export type Hours = Schemas["Hours"];
export type PutHours = Schemas["PutHours"];
export type AutoReplies = Schemas["AutoReplies"];
export type PutAutoReplies = Schemas["PutAutoReplies"];

// -- conversations ----------------------------------------------------------------------------------------------

export type Activity = Schemas["Activity"];
export type Conversation = Schemas["Conversation"];
export type ChatTarget = Schemas["ChatTarget"];
export type Target = Schemas["Target"];
export type TargetCondition = Schemas["TargetCondition"];
export type NewTarget = Schemas["CreateTarget"];
export type ChangedTarget = Schemas["ChangeTarget"];
export type Rule = Schemas["Rule"];
export type RuleRun = Schemas["RuleRun"];
export type RuleTrial = Schemas["Trial"];
export type RuleCondition = Schemas["Condition"];
export type RuleAction = Schemas["Action"];
export type ActionResult = Schemas["ActionResult"];
export type NewRule = Schemas["CreateRule"];
export type ChangedRule = Schemas["ChangeRule"];
export type TriedRule = Schemas["TryRule"];
export type Macro = Schemas["Macro"];
export type NewMacro = Schemas["CreateMacro"];
export type ChangedMacro = Schemas["ChangeMacro"];
export type Note = Schemas["Note"];
export type Team = Schemas["Team"];
export type PlannedMessage = Schemas["PlannedMessage"];
export type Survey = Schemas["Survey"];
export type SurveySummary = Schemas["SurveySummary"];
export type SurveyFigures = Schemas["SurveyFigures"];
export type SurveySettings = Schemas["ShownSurveySettings"];
export type PlannedInChat = Schemas["PlannedInChat"];
export type CannedReply = Schemas["CannedReply"];
export type NewReply = Schemas["CreateReply"];
export type ChangedReply = Schemas["ChangeReply"];
export type ImportedReplies = Schemas["ImportedReplies"];
export type Label = Schemas["Label"];
export type LabelColour = Label["colour"];
export type ChatAction = Schemas["ChangeChats"]["action"];
export type ChangeChats = Schemas["ChangeChats"];
/** Its chats are those of this app. */
export type ChangedChats = Omit<Schemas["ChangedChats"], "changed"> & { readonly changed: readonly Chat[] };
export type SkippedChat = Schemas["SkippedChat"];
export type View = Schemas["View"];
export type ViewQuery = View["query"];
export type ViewCount = Schemas["ViewCount"];
export type PrivatelyLabelled = Schemas["PrivatelyLabelled"];
export type ChatStatus = Chat["status"];

// -- what belongs to the user -----------------------------------------------------------------------------------

export type Notification = Schemas["Notification"];
export type NotificationList = Schemas["NotificationList"];
export type SavedDraft = Omit<Schemas["Draft"], "quoted"> & { readonly quoted: Message | null };
export type SharedDraft = Schemas["SharedDraft"];
export type Preferences = Schemas["Preferences"];
export type NotificationEvent = keyof Preferences["notifications"];
export type NotificationChannel = keyof Preferences["notifications"]["mine"];
export type PreferenceChanges = Schemas["ChangePreferences"];
export type Device = Schemas["Device"];
export type NewDevice = Schemas["AddDevice"];

// -- messages ---------------------------------------------------------------------------------------------------

export type Message = Schemas["Message"];
export type Author = NonNullable<Message["author"]>;
export type MessageStatus = Message["status"];
export type Direction = Message["direction"];
export type Sender = Schemas["Person"];
export type ListedContact = Schemas["ListedContact"];
export type Mention = Schemas["Mention"];
export type MessageContent = Schemas["MessageContent"];
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
export type LastMessageContent = Schemas["LastMessageContent"];
export type ChatPeople = Schemas["ChatPeople"];
export type AccountCounts = Schemas["AccountCounts"];
export type AccountUnread = Schemas["AccountUnread"];
export type UnreadChat = Schemas["UnreadChat"];

/** A contact as the team records it. */
export type ContactRecord = Schemas["Contact"];
export type ContactImport = Schemas["ContactImport"];
export type RejectedRow = Schemas["RejectedRow"];
export type ContactField = Schemas["ContactField"];
export type FieldKind = ContactField["kind"];
/** The description has no type for values: each is of its field's kind. */
export type FieldValue = string | number | boolean | readonly string[];

/** What the inbox needs of a pushed contact. */
export type Contact = Row & Omit<FoundContact, "chat_id" | "username"> & { readonly provider_ids: readonly string[] };

// -- lists ------------------------------------------------------------------------------------------------------

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

/** Part of a list that continues in both directions. */
export interface Window<T> extends Page<T> {
  /** Where newer rows are read; null where the list ends, absent when it was read from the end. */
  readonly previous_cursor?: string | null;
  /** The messages that came late, when reading began at the first unread one. */
  readonly late?: readonly LateMessage[];
}

export type LateMessage = Schemas["LateMessage"];

export type Changes = Schemas["Changes"];
export type FoundContact = Schemas["FoundPerson"];
export type FoundMessage = Schemas["FoundMessage"];
export type FoundNote = Schemas["FoundNote"];
export type Found = Omit<Schemas["Found"], "chats"> & { readonly chats: readonly Chat[] };

// -- users ------------------------------------------------------------------------------------------------------

export type User = Schemas["User"];
export type SignedIn = Schemas["Session"];
export type Me = Schemas["Me"];
export type Bootstrap = Schemas["Bootstrap"];
/** What a user may do in the team, and with an account by their role on it. */
export type Rights = Pick<Me, "permissions" | "number_permissions">;
export type TeamSettings = Schemas["TeamSettings"];
export type TeamUser = Schemas["TeamUser"];
export type TeamRole = TeamUser["role"];
export type TeamUserWithLink = Schemas["TeamUserWithLink"];
export type KnownLink = Schemas["KnownLink"];
export type Member = Schemas["Member"];
export type Load = Schemas["Load"];
export type AssignmentMode = Account["assignment_mode"];
export type MemberRole = Member["role"];
export type ApiKey = Schemas["ApiKey"];
export type Scope = ApiKey["scopes"][number];
export type NewKey = Schemas["CreateKey"];
export type AuditLine = Schemas["AuditLine"];
export type System = Schemas["System"];
export type SystemCheck = Schemas["SystemCheck"];
export type DeadLetter = Schemas["DeadLetter"];
export type OneDeadLetter = Schemas["OneDeadLetter"];
export type DeadLetterField = Schemas["DeadLetterField"];
export type Config = Schemas["Settings"];

// -- plans and usage --------------------------------------------------------------------------------------------

export type Entitlement = Schemas["Entitlement"];
export type Limit = Schemas["Limit"];
export type Usage = Schemas["Usage"];
export type UsageDay = Schemas["Day"];
/** One provider's month without its days, as it is pushed. */
export type MonthUsage = Omit<Schemas["MonthUsage"], "days">;

// -- reports ----------------------------------------------------------------------------------------------------

export type Report = Schemas["Report"];
export type MeasureReport = Schemas["MeasureReport"];
export type ReportGroup = Schemas["ReportGroup"];
export type ReportBacklog = Schemas["ReportBacklog"];
export type ReportVolume = Schemas["ReportVolume"];
export type VolumeGroup = Schemas["VolumeGroup"];
export type ReportFact = Schemas["ReportFact"];

// -- privacy ----------------------------------------------------------------------------------------------------

export type Erasure = Schemas["Erasure"];
export type Export = Schemas["Export"];
