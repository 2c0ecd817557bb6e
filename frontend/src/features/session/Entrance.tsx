/** The layout of the pages for signed-out users: illustration, logo, title. */
import { Logo } from "@/components/Logo";
import { type Elements } from "@/components/Text";
import { LoginScene } from "./LoginScene";
import styles from "./login.module.css";

interface EntranceProps {
  readonly title: string;
  /** One sentence below the title. */
  readonly about?: string;
  readonly children: Elements;
}

export function Entrance({ title, about, children }: EntranceProps) {
  return (
    <main className={styles.login} id="main">
      <LoginScene />
      <section className={styles.side} aria-labelledby="entrance-title">
        <div className={styles.panel}>
          <Logo />
          <header>
            <h1 id="entrance-title">{title}</h1>
            {about !== undefined && <p className="muted">{about}</p>}
          </header>
          {children}
        </div>
      </section>
    </main>
  );
}
