/** The illustration beside the form: a conversation, drawn with markup only. */
import { Exact, Text } from "@/components/Text";

const LINES = [
  { side: "in", text: "Hi! Is the walnut desk still available in 160 cm?", time: "09:41" },
  { side: "out", text: "It is, and we can deliver on Thursday.", time: "09:42" },
  { side: "in", text: "Perfect, please reserve it for me 🙌", time: "09:42" },
] as const;

export function LoginScene() {
  return (
    <aside className="login-scene" aria-hidden="true">
      <div className="login-scene-inner">
        <p className="login-claim">Every customer conversation, one calm place.</p>
        <ol className="login-talk">
          {LINES.map(({ side, text, time }) => (
            <li key={text} className={`login-line login-line-${side}`}>
              <Text>{text}</Text>
              <small>
                <Exact>{time}</Exact>
                {side === "out" && <span className="login-ticks"> ✓✓</span>}
              </small>
            </li>
          ))}
        </ol>
        <p className="login-foot">Shared numbers. Honest ticks. Nothing missed.</p>
      </div>
    </aside>
  );
}
