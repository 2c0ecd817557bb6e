/** The keyboard, on the profile page: single keys on or off, and the way to the help. */
import { Button } from "@/components/Button";
import { t } from "@/i18n/translate";
import { useCommandRegistry } from "@/lib/commands/context";
import { CharacterKeys } from "./CharacterKeys";
import styles from "@/components/panels.module.css";

export function KeyboardSettings() {
  const registry = useCommandRegistry();
  return (
    <section className={styles.panel} aria-labelledby="keyboard-title">
      <h2 id="keyboard-title">{t("commands.keys.title")}</h2>
      <CharacterKeys />
      <div>
        <Button onClick={() => registry.run("app.help")}>{t("commands.keys.show")}</Button>
      </div>
    </section>
  );
}
