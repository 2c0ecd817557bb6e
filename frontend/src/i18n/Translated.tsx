/** A translated text with elements in it: `<link>`, `<b>` and so on in the catalogue. */
import { TransNoContext } from "@lingui/react/server";
import type { ReactElement } from "react";
import type { MessageId } from "./ids";
import { i18n, type Values } from "./translate";

interface TranslatedProps {
  readonly id: MessageId;
  readonly values?: Values;
  /** By the name of the tag in the catalogue. */
  readonly components: Readonly<Record<string, ReactElement>>;
}

export function Translated({ id, values = {}, components }: TranslatedProps) {
  return <TransNoContext id={id} values={values} components={components} lingui={{ i18n }} />;
}
