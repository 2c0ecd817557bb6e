/** Contacts that changed since the messages were read, by account and provider id. */
import type { Contact } from "@/types/wire";

export type Contacts = ReadonlyMap<string, Contact>;

export const contactKey = (accountId: number, providerId: string): string => `${accountId} ${providerId}`;
