/** The text of a message: formatted, with links, folded when it is long, large when it is only a few emoji. */
import { useState, type ReactNode } from "react";
import { classes } from "@/components/classes";
import { t } from "@/i18n/translate";
import { countLoneEmoji, foldBlocks } from "./foldText";
import { PhoneLink } from "./PhoneLink";
import type { Block, Mark, Token } from "./tokens";
import styles from "./message-text.module.css";

interface MessageTextProps {
  /** Of the message: a long text stays open while its message is scrolled out and in again. */
  readonly id: string;
  readonly accountId: number | null;
  readonly body: string;
  /** The body, parsed. */
  readonly blocks: readonly Block[];
  /** The width that the time needs at the end of the last line; null if it has a line of its own. */
  readonly spacer: string | null;
  readonly mayBeLarge: boolean;
}

/** The long messages that were opened. */
const unfolded = new Set<string>();

const LARGE = [undefined, styles.emojiOne, styles.emojiTwo, styles.emojiThree];

export function MessageText({ id, accountId, body, blocks, spacer, mayBeLarge }: MessageTextProps) {
  const [isOpen, setOpen] = useState(unfolded.has(id));
  const folded = isOpen ? null : foldBlocks(blocks);
  const open = () => {
    unfolded.add(id);
    setOpen(true);
  };
  // Keyed by its text: a page translator replaces the text with its own elements, which an edit has to replace.
  return (
    <>
      <div key={body} className={classes(styles.text, mayBeLarge && LARGE[countLoneEmoji(body)])} dir="auto" data-testid="message-text">
        <Blocks blocks={folded ?? blocks} accountId={accountId} />
        {spacer !== null && folded === null && <span className={styles.spacer} style={{ inlineSize: spacer }} aria-hidden="true" />}
      </div>
      {folded !== null && (
        <button type="button" className={styles.more} onClick={open} data-testid="message-more">
          {t("messages.text.more")}
        </button>
      )}
    </>
  );
}

interface BlocksProps {
  readonly blocks: readonly Block[];
  readonly accountId: number | null;
}

function Blocks({ blocks, accountId }: BlocksProps) {
  const [only] = blocks;
  if (blocks.length === 1 && only?.kind === "text") return <Tokens tokens={only.tokens} accountId={accountId} />;
  const groups = groupLists(blocks);
  return groups.map((group, index) => <Group key={index} group={group} accountId={accountId} isLast={index === groups.length - 1} />);
}

const isListLine = ({ kind }: Block): boolean => kind === "bullet" || kind === "number";

/** The lines of a list together, every other block alone. */
function groupLists(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const last = groups.at(-1);
    if (last?.[0]?.kind === block.kind && isListLine(block)) last.push(block);
    else groups.push([block]);
  }
  return groups;
}

interface GroupProps {
  readonly group: readonly Block[];
  readonly accountId: number | null;
  readonly isLast: boolean;
}

function Group({ group, accountId, isLast }: GroupProps) {
  const [block] = group;
  if (block === undefined) return null;
  if (isListLine(block)) return <List lines={group} accountId={accountId} />;
  const words = <Tokens tokens={block.tokens} accountId={accountId} />;
  if (block.kind === "quote") return <blockquote className={styles.quote}>{words}</blockquote>;
  if (block.kind === "code") return <pre className={styles.code}>{words}</pre>;
  // The time follows in the line of the last paragraph.
  return isLast ? <span>{words}</span> : <p className={styles.paragraph}>{words}</p>;
}

function List({ lines, accountId }: { readonly lines: readonly Block[]; readonly accountId: number | null }) {
  const items = lines.map(({ number, tokens }, index) => (
    <li key={index} value={number ?? undefined}>
      <Tokens tokens={tokens} accountId={accountId} />
    </li>
  ));
  return lines[0]?.kind === "number" ? <ol className={styles.list}>{items}</ol> : <ul className={styles.list}>{items}</ul>;
}

function Tokens({ tokens, accountId }: { readonly tokens: readonly Token[]; readonly accountId: number | null }) {
  return tokens.map((token, index) => (token.kind === "marker" ? null : <TokenView key={index} token={token} accountId={accountId} />));
}

function TokenView({ token, accountId }: { readonly token: Token; readonly accountId: number | null }) {
  return token.marks.reduceRight((inner, mark) => wrap(mark, inner), <Plain token={token} accountId={accountId} />);
}

function wrap(mark: Mark, inner: ReactNode) {
  if (mark === "bold") return <strong className={styles.bold}>{inner}</strong>;
  return mark === "italic" ? <em>{inner}</em> : <s>{inner}</s>;
}

function Plain({ token, accountId }: { readonly token: Token; readonly accountId: number | null }) {
  const { kind, text, target } = token;
  if (kind === "code") return <code className={styles.mono} translate="no">{text}</code>;
  if (kind === "mention") return <bdi className={styles.mention} translate="no">{text}</bdi>;
  if (kind === "phone") return <PhoneLink text={text} number={target ?? text} accountId={accountId} />;
  if (kind !== "link") return <span>{text}</span>;
  return (
    <a href={target ?? undefined} target="_blank" rel="noreferrer noopener" translate="no">
      {text}
    </a>
  );
}
