/** The ids of all texts: the keys of the English catalogue. */
import type app from "./catalogue/en/app.json";
import type session from "./catalogue/en/session.json";
import type chats from "./catalogue/en/chats.json";
import type thread from "./catalogue/en/thread.json";
import type messages from "./catalogue/en/messages.json";
import type notes from "./catalogue/en/notes.json";
import type composer from "./catalogue/en/composer.json";
import type status from "./catalogue/en/status.json";
import type assigning from "./catalogue/en/assigning.json";
import type planned from "./catalogue/en/planned.json";
import type rules from "./catalogue/en/rules.json";
import type targets from "./catalogue/en/targets.json";
import type replies from "./catalogue/en/replies.json";
import type search from "./catalogue/en/search.json";
import type contacts from "./catalogue/en/contacts.json";
import type records from "./catalogue/en/records.json";
import type commands from "./catalogue/en/commands.json";
import type numbers from "./catalogue/en/numbers.json";
import type newChats from "./catalogue/en/newChats.json";
import type ratings from "./catalogue/en/ratings.json";
import type usage from "./catalogue/en/usage.json";
import type volume from "./catalogue/en/volume.json";
import type reports from "./catalogue/en/reports.json";
import type audit from "./catalogue/en/audit.json";
import type system from "./catalogue/en/system.json";
import type said from "./catalogue/en/said.json";
import type saidChecks from "./catalogue/en/saidChecks.json";
import type team from "./catalogue/en/team.json";
import type apiKeys from "./catalogue/en/apiKeys.json";
import type labels from "./catalogue/en/labels.json";
import type notifications from "./catalogue/en/notifications.json";
import type hours from "./catalogue/en/hours.json";
import type privacy from "./catalogue/en/privacy.json";

export type MessageId =
  | keyof typeof app
  | keyof typeof session
  | keyof typeof chats
  | keyof typeof thread
  | keyof typeof messages
  | keyof typeof notes
  | keyof typeof composer
  | keyof typeof status
  | keyof typeof assigning
  | keyof typeof planned
  | keyof typeof rules
  | keyof typeof targets
  | keyof typeof replies
  | keyof typeof search
  | keyof typeof contacts
  | keyof typeof records
  | keyof typeof commands
  | keyof typeof numbers
  | keyof typeof newChats
  | keyof typeof ratings
  | keyof typeof usage
  | keyof typeof volume
  | keyof typeof reports
  | keyof typeof audit
  | keyof typeof system
  | keyof typeof said
  | keyof typeof saidChecks
  | keyof typeof team
  | keyof typeof apiKeys
  | keyof typeof labels
  | keyof typeof notifications
  | keyof typeof hours
  | keyof typeof privacy;
