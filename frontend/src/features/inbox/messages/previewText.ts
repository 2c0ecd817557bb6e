/** The text of a chat's last message in its row: as it was typed, until what reads WhatsApp's formatting is loaded. */

type Read = (body: string) => string;

let read: Read = (body) => body;

/** For what renders the rows again. */
export function readPreviewsWith(plainText: Read): void {
  read = plainText;
}

export const previewText = (body: string): string => read(body);
