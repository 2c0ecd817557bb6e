/** What a contact is called: a name, else a phone number, else what WhatsApp finds them by. */
import { t } from "@/i18n/translate";
import { formatPhone } from "@/lib/phoneFormat";
import { firstShown } from "@/lib/texts";
import type { ContactRecord } from "@/types/wire";

type Named = Pick<ContactRecord, "name" | "phone" | "username">;

export function nameContact({ name, phone, username }: Named): string {
  return firstShown(name) ?? (phone === null ? null : formatPhone(phone)) ?? (username === null ? null : `@${username}`) ?? t("records.unnamed");
}

/** What stands under the name: what else is known. */
export function describeContact(contact: Named & Partial<Pick<ContactRecord, "own_name" | "whatsapp_name">>): string {
  const { name, phone, username, own_name = null, whatsapp_name = null } = contact;
  const isRenamed = own_name !== null && whatsapp_name !== null && own_name !== whatsapp_name;
  return [isRenamed ? `~${whatsapp_name}` : null, name === null || phone === null ? null : formatPhone(phone), username === null ? null : `@${username}`]
    .filter((part) => part !== null)
    .join(" · ");
}
