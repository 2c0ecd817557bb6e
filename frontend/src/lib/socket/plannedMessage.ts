/** The schema of a planned message, as it is pushed. */
import * as v from "valibot";
import type { PlannedMessage } from "@/types/wire";

const text = v.nullable(v.string());
const number = v.nullable(v.number());
const planner = v.object({ kind: v.picklist(["user", "api_key", "contact", "system"]), id: number, name: text });

export const plannedMessage: v.GenericSchema<unknown, PlannedMessage> = v.object({
  id: v.number(),
  account_id: v.number(),
  chat_id: v.number(),
  author: planner,
  text,
  quote_id: number,
  client_id: v.string(),
  send_at: v.string(),
  cancel_if_contact_writes: v.boolean(),
  state: v.picklist(["planned", "sent", "cancelled", "failed"]),
  cancelled_by: v.nullable(planner),
  error: v.nullable(v.object({ code: v.string(), message: v.string() })),
  message_id: number,
  created_at: v.string(),
  updated_at: v.string(),
  seq: v.number(),
});
