/** The schemas of what belongs to a user or an installation, as it is pushed. */
import * as v from "valibot";
import type { MonthUsage, Notification, Preferences, RejectedAccount, SavedDraft, SharedDraft } from "@/types/wire";
import { message, named, number, row, targetKind, text, type SchemaOf } from "./rowSchemas";

const channels = v.object({ bell: v.boolean(), sound: v.boolean(), desktop: v.boolean(), push: v.boolean(), mail: v.boolean() });

export const preferences: SchemaOf<Preferences> = v.object({
  seq: v.number(),
  notifications: v.object({
    mine: channels,
    unassigned: channels,
    assigned: channels,
    mentioned: channels,
    snooze_over: channels,
    number_down: channels,
    scheduled_failed: channels,
    rule: channels,
    target: channels,
  }),
  previews: v.boolean(),
  language: v.nullable(v.picklist(["en", "de", "es", "pt"])),
});

export const notification: SchemaOf<Notification> = v.object({
  ...row,
  kind: v.picklist(["mine", "unassigned", "assigned", "mentioned", "snooze_over", "number_down", "scheduled_failed", "rule", "target"]),
  account_id: v.number(),
  chat_id: number,
  message_id: number,
  note_id: number,
  actor: v.nullable(named),
  target: v.nullable(v.object({ kind: targetKind, due_at: v.string() })),
  title: text,
  preview: text,
  at: v.string(),
  read_at: text,
});

export const savedDraft: SchemaOf<SavedDraft> = v.object({
  account_id: v.number(),
  chat_id: v.number(),
  text: v.string(),
  quoted: v.nullable(message),
  is_shared: v.boolean(),
  written_at: v.string(),
  seq: v.number(),
});

export const sharedDraft: SchemaOf<SharedDraft> = v.object({
  account_id: v.number(),
  chat_id: v.number(),
  user: named,
  text: v.string(),
  written_at: text,
  seq: v.number(),
});

/** Only the fields the banner shows; the error may carry more. */
export type RejectedAccountNotice = Pick<RejectedAccount, "id" | "phone"> & { readonly error: Pick<RejectedAccount["error"], "message"> };
export const rejected: SchemaOf<RejectedAccountNotice> = v.object({
  id: v.number(),
  phone: text,
  error: v.object({ message: v.string() }),
});

export const month: SchemaOf<MonthUsage> = v.object({
  provider: v.string(),
  period: v.string(),
  messages_sent: v.number(),
  messages_rcvd: v.number(),
  sent_here: v.number(),
  plan: text,
  allowed: number,
  level: v.picklist(["ok", "warning", "reached"]),
  until: v.string(),
});

/** A user of the team who has a chat open or is typing in it. */
export type Colleague = Readonly<v.InferOutput<typeof colleague>>;
const colleague = v.object({ user_id: v.number(), name: v.string() });
export const colleagues = v.object({ chat_id: v.number(), users: v.array(colleague) });
