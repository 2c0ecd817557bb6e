/** Every component in every state, light beside dark: `/design` of the development server, absent from production builds. */
import { Page } from "@/components/Page";
import { ToastProvider } from "@/components/Toast";
import { classes } from "@/components/classes";
import { Controls } from "./Controls";
import { Foundations } from "./Foundations";
import { Messages } from "./Messages";
import styles from "./design.module.css";

const SCHEMES = ["light", "dark"] as const;

export function DesignPage() {
  return (
    <ToastProvider>
      <main id="main" className={styles.design} data-testid="design-page">
        <Page title="Design" about="Every component in every state. Colours, type, spacing and motion are in src/design.">
          <div className={styles.schemes}>
            {SCHEMES.map((scheme) => (
              <section key={scheme} aria-label={scheme} className={classes(styles.scheme, styles[scheme])}>
                <Foundations />
                <Controls />
                <Messages />
              </section>
            ))}
          </div>
        </Page>
      </main>
    </ToastProvider>
  );
}
