/** Splits what was composed into messages: each file is one of its own, so that each can fail or be cancelled alone. */

export interface ComposedFile {
  readonly file: File;
  readonly caption: string;
  readonly isVoice: boolean;
}

export interface Part {
  readonly text: string;
  readonly file: ComposedFile["file"] | null;
  readonly isVoice: boolean;
}

/** WhatsApp shows no caption under a sound. */
export const takesCaption = ({ type }: Pick<File, "type">, isVoice: boolean): boolean => !isVoice && !type.startsWith("audio/");

/** Whether the text of the composer is the caption of the only file. */
export const isCaption = (files: readonly ComposedFile[]): boolean => {
  const [only, ...others] = files;
  return only !== undefined && others.length === 0 && only.caption === "" && takesCaption(only.file, only.isVoice);
};

/** In the order of sending. Text beside several files is a message of its own and comes first. */
export function splitParts(text: string, files: readonly ComposedFile[]): Part[] {
  const captioned = isCaption(files);
  const own: Part[] = text === "" || captioned ? [] : [{ text, file: null, isVoice: false }];
  return [
    ...own,
    ...files.map(({ file, caption, isVoice }) => ({ text: captioned ? text : caption.trim(), file, isVoice })),
  ];
}
