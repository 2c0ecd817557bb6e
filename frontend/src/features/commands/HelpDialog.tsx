/** The help: all keys of the app, and the switch of the single-key shortcuts. */
import { Fragment } from "react";
import { Dialog } from "@/components/Dialog";
import { Keys } from "@/components/Keys";
import { classes } from "@/components/classes";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { useCharacterKeys } from "@/lib/commands/context";
import { printShortcut } from "@/lib/commands/describe";
import { KEY_MAP, MAPPED_IDS } from "@/lib/commands/map";
import { isCharacter } from "@/lib/commands/press";
import type { CommandGroup } from "@/lib/commands/registry";
import { FORMAT_KEYS, FORMATS, type Format } from "@/lib/formatKeys";
import { useSendKey, type SendKey } from "@/lib/sendKey";
import { CharacterKeys } from "./CharacterKeys";
import styles from "./help.module.css";

interface Line {
  readonly label: MessageId;
  /** Alternatives. */
  readonly keys: readonly string[];
}

/** In the field; which key sends is the user's choice. */
function composerLines(sendKey: SendKey): readonly Line[] {
  const [send, newLine] = sendKey === "enter" ? ["Enter", "Shift+Enter"] : ["Ctrl+Enter", "Enter"];
  return [
    { label: "commands.help.send", keys: [send] },
    { label: "commands.help.newLine", keys: [newLine] },
    ...FORMATS.map((format): Line => ({ label: `composer.format.${format}`, keys: [pressOf(format)] })),
    { label: "commands.help.cancel", keys: ["Escape"] },
  ];
}

const pressOf = (format: Format): string => `Ctrl+${FORMAT_KEYS[format].shiftKey ? "Shift+" : ""}${FORMAT_KEYS[format].key}`;

/** Keys that belong to a row or a field, not to the page. */
function localLines(group: CommandGroup, sendKey: SendKey): readonly Line[] {
  if (group === "composer") return composerLines(sendKey);
  return group === "list" ? [{ label: "commands.name.open", keys: ["Enter"] }] : [];
}

/** Also by arrow, within the list. */
const ARROWS: Readonly<Partial<Record<string, string>>> = { "list.next": "ArrowDown", "list.previous": "ArrowUp" };

const GROUPS: readonly CommandGroup[] = ["list", "chat", "composer", "help", "navigation"];

function linesOf(group: CommandGroup, sendKey: SendKey): readonly Line[] {
  const mapped = MAPPED_IDS.filter((id) => KEY_MAP[id].group === group);
  const lines = mapped.map((id) => ({ label: KEY_MAP[id].label, keys: [...KEY_MAP[id].keys, ARROWS[id] ?? []].flat() }));
  return [...lines, ...localLines(group, sendKey)];
}

export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const sendKey = useSendKey();
  return (
    <Dialog title={t("commands.help.title")} variant="wide" onClose={onClose}>
      {/* The focus starts here, at the top; the keys that scroll scroll it. */}
      <div className={styles.help} tabIndex={-1} data-testid="key-help">
        <div className={styles.groups}>
          {GROUPS.map((group) => (
            <section key={group} className={styles.group} aria-labelledby={`keys-${group}`}>
              <h3 id={`keys-${group}`}>{t(`commands.group.${group}`)}</h3>
              <dl>
                {linesOf(group, sendKey).map((line) => (
                  <HelpLine key={line.label} {...line} />
                ))}
              </dl>
            </section>
          ))}
        </div>
        <CharacterKeys />
      </div>
    </Dialog>
  );
}

function HelpLine({ label, keys }: Line) {
  const [isOn] = useCharacterKeys();
  const isOff = !isOn && keys.every((key) => isCharacter(key.split(" ", 1)[0] ?? ""));
  return (
    <div className={classes(styles.line, isOff && styles.off)}>
      <dt>{t(label)}</dt>
      <dd>
        {keys.map((key, index) => (
          <Fragment key={key}>
            {index > 0 && <span className={styles.word}>{t("commands.help.or")}</span>}
            <Shortcut presses={printShortcut(key)} />
          </Fragment>
        ))}
      </dd>
    </div>
  );
}

/** The presses of a sequence, one after the other. */
function Shortcut({ presses }: { readonly presses: readonly string[] }) {
  return presses.map((press, index) => (
    <Fragment key={press}>
      {index > 0 && <span className={styles.word}>{t("commands.help.then")}</span>}
      <Keys keys={press} />
    </Fragment>
  ));
}
