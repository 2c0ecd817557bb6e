/** A text with its matches marked. */
import { Text } from "@/components/Text";
import type { Part } from "./highlight";

export function Marked({ parts }: { readonly parts: readonly Part[] }) {
  return parts.map(({ text, isFound }, index) => (isFound ? <mark key={index}>{text}</mark> : <Text key={index}>{text}</Text>));
}
