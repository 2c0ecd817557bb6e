/** Each country's way to group phone numbers: large, so in a chunk of its own. */
import { parsePhoneNumberFromString } from "libphonenumber-js/min";

export const writePhone = (phone: string): string | undefined => parsePhoneNumberFromString(phone)?.formatInternational();
