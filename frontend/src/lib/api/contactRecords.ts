/** The routes for contacts as the team records them. Apart from the others, because only later parts of the app call them. */
import { useMemo } from "react";
import type { Chat, ContactField, ContactImport, ContactRecord, FieldKind, FieldValue, Page, RejectedRow } from "@/types/wire";
import { withCursor } from "./chatLists";
import type { Send } from "./client";
import { useApi } from "./context";

const CHANNEL = "/api/channels/whatsapp";
const FIELDS = "/api/contact-fields";
const PAGE = 50;

/** Which contacts: of one number, with a text, with a label. */
export interface ContactFilter {
  readonly accountId: number | null;
  readonly text: string;
  readonly labelId: number | null;
}

export interface ContactChanges {
  readonly own_name?: string | null;
  readonly fields?: Readonly<Record<string, FieldValue | null>>;
}

export interface FieldDefinition {
  readonly name: string;
  readonly kind: FieldKind;
  readonly options: readonly string[];
}

export type ContactRef = Pick<ContactRecord, "account_id" | "id">;

interface OneContact {
  readonly contact: ContactRecord;
}

interface OneField {
  readonly field: ContactField;
}

export type ImportRef = Pick<ContactImport, "account_id" | "id">;

export interface ImportChoices {
  readonly targets: readonly string[];
  readonly mode: ContactImport["mode"];
  readonly label_id: number | null;
}

interface OneImport {
  readonly import: ContactImport;
}

const importsOf = (accountId: number) => `${CHANNEL}/${accountId}/contact-imports`;

const pathOf = ({ account_id, id }: ContactRef) => `${CHANNEL}/${account_id}/contacts/${id}`;

function queryOf({ accountId, text, labelId }: ContactFilter): string {
  const query = new URLSearchParams();
  if (accountId !== null) query.set("account_id", String(accountId));
  if (text.trim() !== "") query.set("q", text.trim());
  if (labelId !== null) query.set("labels", String(labelId));
  return query.size === 0 ? "" : `&${query.toString()}`;
}

export function contactRecordRoutes(signed: Send) {
  return {
    listContacts: (filter: ContactFilter, cursor: string | null, signal?: AbortSignal) =>
      signed<Page<ContactRecord>>(`${withCursor(`${CHANNEL}/contacts`, cursor, PAGE)}${queryOf(filter)}`, { signal }),

    fetchContact: async (contact: ContactRef, signal?: AbortSignal) => (await signed<OneContact>(pathOf(contact), { signal })).contact,

    changeContact: async (contact: ContactRef, body: ContactChanges) => (await signed<OneContact>(pathOf(contact), { method: "PATCH", body })).contact,

    labelContact: async (contact: ContactRef, labelId: number, isOn: boolean) =>
      (await signed<OneContact>(`${pathOf(contact)}/labels/${labelId}`, { method: isOn ? "PUT" : "DELETE" })).contact,

    mergeContact: async (contact: ContactRef, otherId: number) =>
      (await signed<OneContact>(`${pathOf(contact)}/merge`, { method: "POST", body: { contact_id: otherId } })).contact,

    undoMerge: async (contact: ContactRef) => (await signed<OneContact>(`${pathOf(contact)}/merge`, { method: "DELETE" })).contact,

    listContactChats: async (contact: ContactRef, signal?: AbortSignal) => (await signed<{ items: readonly Chat[] }>(`${pathOf(contact)}/chats`, { signal })).items,

    listFields: async (signal?: AbortSignal) => (await signed<{ items: readonly ContactField[] }>(FIELDS, { signal })).items,

    createField: async (body: FieldDefinition) => (await signed<OneField>(FIELDS, { method: "POST", body })).field,

    changeField: async (fieldId: number, body: Partial<Omit<FieldDefinition, "kind">>) => (await signed<OneField>(`${FIELDS}/${fieldId}`, { method: "PATCH", body })).field,

    exportContacts: (accountId: number) => signed<Blob>(`${CHANNEL}/${accountId}/contacts.csv`, { reads: "blob" }),

    uploadContacts: async (accountId: number, file: File) => {
      const body = new FormData();
      body.append("attachments", file, file.name);
      return (await signed<OneImport>(importsOf(accountId), { method: "POST", body })).import;
    },

    fetchImport: async ({ account_id, id }: ImportRef, signal?: AbortSignal) => (await signed<OneImport>(`${importsOf(account_id)}/${id}`, { signal })).import,

    checkImport: async ({ account_id, id }: ImportRef, body: ImportChoices) =>
      (await signed<OneImport>(`${importsOf(account_id)}/${id}/check`, { method: "POST", body })).import,

    startImport: async ({ account_id, id }: ImportRef) => (await signed<OneImport>(`${importsOf(account_id)}/${id}/start`, { method: "POST", body: {} })).import,

    deleteImport: ({ account_id, id }: ImportRef) => signed<undefined>(`${importsOf(account_id)}/${id}`, { method: "DELETE" }),

    /** The first of them; all are in the file. */
    listRejected: ({ account_id, id }: ImportRef, limit: number, signal?: AbortSignal) =>
      signed<Page<RejectedRow>>(`${importsOf(account_id)}/${id}/rejected?limit=${limit}`, { signal }),

    fetchRejected: ({ account_id, id }: ImportRef) => signed<Blob>(`${importsOf(account_id)}/${id}/rejected.csv`, { reads: "blob" }),

    deleteField: (fieldId: number) => signed<undefined>(`${FIELDS}/${fieldId}`, { method: "DELETE" }),
  };
}

export function useContactRoutes() {
  const { send } = useApi();
  return useMemo(() => contactRecordRoutes(send), [send]);
}
