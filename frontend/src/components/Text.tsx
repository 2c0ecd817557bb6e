/** Text that page translators can handle: changing text gets an element of its own, exact text is not translated. */
import type { ReactElement } from "react";

type One = ReactElement | false | null | undefined;
/** Children without bare text nodes, so that a component can place them beside other elements. */
export type Elements = One | readonly (One | readonly One[])[];

interface TextProps {
  readonly children: string | number;
}

/** Text beside siblings that appear, disappear or change: React replaces the element, never a text node. */
export function Text({ children }: TextProps) {
  return <span>{children}</span>;
}

/** A number, a name, a phone number or a code: not to be translated. */
export function Exact({ children }: TextProps) {
  return <span translate="no">{children}</span>;
}

interface TimeProps {
  readonly at: string;
  readonly className?: string | undefined;
  readonly title?: string;
  readonly children: string;
}

export function Time({ at, className, title, children }: TimeProps) {
  return (
    <time translate="no" dateTime={at} className={className} title={title}>
      {children}
    </time>
  );
}
