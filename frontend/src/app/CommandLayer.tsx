/** The commands of the whole app, and the palette and the help they open. */
import { useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "@/lib/navigation";
import { LoadingDialog } from "@/components/LoadingDialog";
import { useToasts } from "@/components/Toast";
import { LANGUAGES, type Language } from "@/i18n/languages";
import { t } from "@/i18n/translate";
import { useCommand } from "@/lib/commands/context";
import type { MappedId } from "@/lib/commands/map";
import { lazyPart } from "@/lib/lazyPart";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { useCan } from "@/lib/rights";
import { chooseTheme, THEMES, type Theme } from "@/lib/theme";
import { useKeptFocus } from "./keptFocus";
import { SignOutDialog, useSignOut } from "./signOut";
import { useChooseLanguage } from "./useChooseLanguage";

const CommandPalette = lazyPart(async () => (await import("./CommandPalette")).CommandPalette, { Waiting: LoadingDialog });
const HelpDialog = lazyPart(async () => (await import("@/features/commands/HelpDialog")).HelpDialog, { Waiting: LoadingDialog });

type Opened = "palette" | "help" | null;

/** What was chosen in the palette runs after it has closed, with the focus where it was before. */
function useOpened() {
  const [opened, setOpened] = useState<Opened>(null);
  const chosen = useRef<(() => void) | null>(null);
  useEffect(() => {
    if (opened !== null) return;
    const run = chosen.current;
    chosen.current = null;
    run?.();
  }, [opened]);
  const close = () => setOpened(null);
  const run = (command: () => void) => {
    chosen.current = command;
    close();
  };
  return { opened, setOpened, close, run };
}

export function CommandLayer() {
  const { opened, setOpened, close, run } = useOpened();
  useMappedCommand("app.palette", () => setOpened("palette"));
  useMappedCommand("app.help", () => setOpened("help"));
  useKeptFocus();
  return (
    <>
      <Navigation />
      <Undo />
      <SignOut />
      {THEMES.map((theme) => (
        <ThemeCommand key={theme} theme={theme} />
      ))}
      {Object.keys(LANGUAGES).map((language) => (
        <LanguageCommand key={language} language={language as Language} />
      ))}
      {opened === "palette" && <CommandPalette onRun={run} onClose={close} />}
      {opened === "help" && <HelpDialog onClose={close} />}
    </>
  );
}

function useGo(id: MappedId, path: string, isEnabled = true): void {
  const navigate = useNavigate();
  useMappedCommand(id, () => navigate(path), { isEnabled });
}

function Navigation() {
  const can = useCan();
  const navigate = useNavigate();
  const isInbox = useLocation().pathname.startsWith("/inbox");
  useGo("go.inbox", "/inbox");
  useGo("go.contacts", "/contacts");
  useGo("go.numbers", "/connections");
  useGo("go.usage", "/usage");
  useGo("go.planned", "/planned");
  useGo("go.ratings", "/ratings");
  useGo("go.reports", "/reports", can("see_reports"));
  useGo("go.audit", "/audit", can("see_audit"));
  useGo("go.settings", "/settings");
  useCommand({ id: "go.system", group: "navigation", label: t("system.title"), run: () => navigate("/settings/system"), isEnabled: can("run_system") });
  // In the inbox the search field itself has the key.
  useMappedCommand("app.search", () => navigate("/inbox", { state: { isSearching: true } }), { isEnabled: !isInbox });
  return null;
}

function Undo() {
  const toasts = useToasts();
  useMappedCommand("app.undo", () => {
    if (!toasts.undo()) toasts.show({ text: t("commands.done.nothingToUndo") });
  });
  return null;
}

function SignOut() {
  const { unsent, ask, leave, cancel } = useSignOut();
  useCommand({ id: "settings.signOut", group: "settings", label: t("app.menu.signOut"), run: ask });
  return unsent > 0 && <SignOutDialog count={unsent} onLeave={leave} onCancel={cancel} />;
}

function ThemeCommand({ theme }: { readonly theme: Theme }) {
  useCommand({ id: `settings.theme.${theme}`, group: "settings", label: t("commands.theme", { theme: t(`app.theme.${theme}`) }), run: () => chooseTheme(theme) });
  return null;
}

function LanguageCommand({ language }: { readonly language: Language }) {
  const choose = useChooseLanguage();
  useCommand({ id: `settings.language.${language}`, group: "settings", label: t("commands.language", { language: LANGUAGES[language] }), run: () => choose(language) });
  return null;
}
