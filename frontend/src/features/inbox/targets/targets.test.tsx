import { act, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ALL_CHATS, parseQuery, searchOf, wantsChat, withChange } from "@/features/inbox/chats/query/listQuery";
import { sortChats } from "@/features/inbox/chats/query/chatPages";
import { addressOf, viewOf } from "@/features/inbox/views/viewAddress";
import { activateLanguage } from "@/i18n/translate";
import { makeChat } from "@/testing/factories";
import type { ChatTarget } from "@/types/wire";
import { describeShortly, describeTarget } from "./clock";
import { standingOf } from "./standing";
import { TargetBadge, TargetMark, TargetSection } from "./TargetMark";

const NOW = Date.parse("2026-11-02T09:00:00.000Z");
const MINUTE_MS = 60_000;
const at = (minutes: number) => new Date(NOW + minutes * MINUTE_MS).toISOString();
/** At risk for the last half hour. */
const due = (minutes: number, kind: ChatTarget["kind"] = "first_reply"): ChatTarget => ({ kind, began_at: at(minutes - 60), at_risk_at: at(minutes - 30), due_at: at(minutes) });

beforeEach(() => vi.useFakeTimers({ now: NOW }));
afterEach(async () => {
  vi.useRealTimers();
  await activateLanguage("en");
});

describe("the clock of a target", () => {
  it.each<[number, string, string, string]>([
    [300, "on_track", "5h", "Reply due in 5 hr"],
    [31, "on_track", "31m", "Reply due in 31 min"],
    [30, "at_risk", "30m", "Reply due in 30 min"],
    [0.5, "at_risk", "1m", "Reply due in 1 min"],
    [0, "breached", "−1m", "Reply overdue by 1 min"],
    [-61, "breached", "−1h", "Reply overdue by 1 hr"],
    [-3 * 24 * 60, "breached", "−3d", "Reply overdue by 3 days"],
  ])("is said %i minutes before it is due: %s", (minutes, standing, short, long) => {
    const target = due(minutes);
    expect([standingOf(target, NOW), describeShortly(target, NOW), describeTarget(target, NOW)]).toEqual([standing, short, long]);
  });

  it("tells closing from replying", () => {
    expect([describeTarget(due(12, "close"), NOW), describeTarget(due(-12, "close"), NOW)]).toEqual(["To be closed in 12 min", "Closing overdue by 12 min"]);
    expect(describeTarget(due(12, "next_reply"), NOW)).toBe("Reply due in 12 min");
  });

  it.each(["de", "es", "pt"] as const)("is said in %s", async (language) => {
    vi.useRealTimers();
    await activateLanguage(language);
    const texts = { de: ["Antwort fällig in 12 Min", "Antwort überfällig: 1 Std."], es: ["Respuesta dentro de 12 min", "Respuesta atrasada: 1 h"], pt: ["Resposta em 12 min", "Resposta atrasada: 1 h"] }[language];
    expect([describeTarget(due(12), NOW), describeTarget(due(-60), NOW)]).toEqual(texts);
  });
});

describe("the mark of a target", () => {
  const pass = (minutes: number) => act(() => void vi.advanceTimersByTime(minutes * MINUTE_MS));

  it("is absent from a row while it is on track, unless the list is ordered by it", () => {
    render(<><TargetMark target={due(45)} /><TargetMark target={due(45)} isAlways /></>);
    expect(screen.getAllByTestId("chat-target").map(({ dataset }) => dataset.standing)).toEqual(["on_track"]);
  });

  it("runs on by itself, with the whole sentence for screen readers", () => {
    render(<TargetMark target={due(31)} />);
    expect(screen.queryByTestId("chat-target")).toBeNull();
    pass(1);
    expect(screen.getByTestId("chat-target").textContent).toBe("Reply due in 30 min30m");
    pass(91);
    expect(screen.getByTestId("chat-target").textContent).toBe("Reply overdue by 1 hr−1h");
  });

  it("has one timer for all rows, and renders a row again only when its text changes", () => {
    const renders = vi.fn();
    const timers = vi.spyOn(globalThis, "setInterval");
    const Counted = ({ minutes }: { readonly minutes: number }) => {
      renders();
      return <TargetMark target={due(minutes)} isAlways />;
    };
    render(<>{[200, 400, 600].map((minutes) => <Counted key={minutes} minutes={minutes} />)}</>);
    pass(10);
    expect([timers.mock.calls.length, renders.mock.calls.length, screen.getAllByTestId("chat-target").map(({ textContent }) => textContent.slice(-3))]).toEqual([1, 3, ["r3h", "r6h", "r9h"]]);
  });

  it("is in the head once it is at risk, and in the details in any case", () => {
    render(<><TargetBadge target={due(45)} /><TargetSection target={due(45)} /></>);
    expect(screen.queryByTestId("thread-target")).toBeNull();
    expect(screen.getByTestId("target-section").textContent).toContain("Reply due in 45 min");
    pass(20);
    expect(screen.getByTestId("thread-target").dataset.standing).toBe("at_risk");
  });
});

describe("the list", () => {
  const soon = makeChat({ id: 1, target: due(10) });
  const late = makeChat({ id: 2, target: due(-10) });
  const calm = makeChat({ id: 3, target: due(500) });
  const none = makeChat({ id: 4 });
  const idsOf = (query: Partial<typeof ALL_CHATS>) => {
    const wanted = { ...ALL_CHATS, ...query };
    return sortChats([none, calm, soon, late], "", wantsChat(wanted, 7), wanted.sort).map(({ id }) => id);
  };

  it("is ordered by what is due next, without chats that have no target", () => {
    expect(idsOf({ sort: "due" })).toEqual([2, 1, 3]);
  });

  it("shows what is at risk, or breached, now", () => {
    expect([idsOf({ target: "at_risk" }), idsOf({ target: "breached" })]).toEqual([[1], [2]]);
  });

  it("has order and filter in its address, in what it asks the server for, and in views", () => {
    const address = withChange(new URLSearchParams(), { sort: "due", target: "at_risk" });
    const query = parseQuery(address, { view: "all", sort: "recent" });
    expect([query.sort, query.target]).toEqual(["due", "at_risk"]);
    expect(searchOf(query)).toMatchObject({ sort: "due", target: "at_risk" });
    const view = viewOf(query, []);
    expect([view.sort, view.target]).toEqual(["due", "at_risk"]);
    expect(parseQuery(new URLSearchParams(addressOf(view)), { view: "mine", sort: "recent" })).toMatchObject({ sort: "due", target: "at_risk" });
    expect(parseQuery(new URLSearchParams("target=moon"), { view: "all", sort: "recent" }).target).toBeNull();
  });
});
