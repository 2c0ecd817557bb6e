/** Which messages are worth announcing and listing. */
import type { Message } from "@/types/wire";

/** Of the system events only missed calls, voice (8) and video (9). */
export const isListed = ({ is_event, event_type }: Message): boolean => !is_event || event_type === 8 || event_type === 9;
