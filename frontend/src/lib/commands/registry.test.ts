/** Commands run by the key they name, the newest first, and only while they are registered and enabled. */
import { beforeEach, describe, expect, it, vi, type Mock } from "vitest";
import { isCharacter, isPlain, nameOf, type KeyPress } from "./press";
import { CommandRegistry, type Command } from "./registry";

const press = (key: string, more: Partial<KeyPress> & { altGraph?: boolean } = {}): KeyPress => ({
  key,
  keyCode: 0,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  getModifierState: () => more.altGraph ?? false,
  ...more,
});

describe("nameOf", () => {
  it.each([
    [press("j"), "j"],
    [press("N", { shiftKey: true }), "Shift+n"],
    [press("J"), "j"],
    [press("k", { ctrlKey: true }), "Ctrl+k"],
    [press("k", { metaKey: true }), "Ctrl+k"],
    [press("?", { shiftKey: true }), "?"],
    [press("ArrowDown", { shiftKey: true }), "Shift+ArrowDown"],
    [press("Escape"), "Escape"],
    [press(" "), "Space"],
    [press("й"), "й"],
    [press("о", { code: "KeyJ" }), "j"],
    [press("О", { code: "KeyJ", shiftKey: true }), "Shift+j"],
    [press("λ", { code: "KeyK", ctrlKey: true }), "Ctrl+k"],
    [press("é", { code: "KeyE", altKey: true }), "Alt+é"],
    [press("ö", { code: "Semicolon" }), "ö"],
    [press("q", { code: "KeyA" }), "q"],
    [press(",", { code: "KeyM" }), ","],
    [press("/", { ctrlKey: true, altKey: true, altGraph: true }), "/"],
    [press("é", { altKey: true }), "Alt+é"],
    [press("Shift", { shiftKey: true }), null],
    [press("Dead"), null],
    [press("j", { isComposing: true }), null],
    [press("Enter", { keyCode: 229 }), null],
  ])("of %o is %s", (event, name) => expect(nameOf(event)).toBe(name));
});

describe("kinds of presses", () => {
  it.each([
    ["j", true, true],
    ["Shift+n", true, true],
    ["?", true, true],
    ["Escape", true, false],
    ["ArrowUp", true, false],
    ["Ctrl+k", false, false],
    ["Alt+é", false, false],
  ])("%s: plain %s, character %s", (name, plain, character) => {
    expect(isPlain(name)).toBe(plain);
    expect(isCharacter(name)).toBe(character);
  });
});

describe("CommandRegistry", () => {
  let registry: CommandRegistry;
  const make = (id: string, more: Partial<Omit<Command, "run">> = {}): Command & { run: Mock<() => void> } => ({
    id,
    group: "chat",
    label: id,
    run: vi.fn<() => void>(),
    ...more,
  });

  beforeEach(() => {
    registry = new CommandRegistry();
  });

  it("runs the newest command of a key, and the older one after it is gone", () => {
    const [page, thread] = [make("page", { keys: ["e"] }), make("thread", { keys: ["e"] })];
    registry.register(page);
    const leave = registry.register(thread);
    expect(registry.press("e")).toBe(true);
    leave();
    registry.press("e");
    expect([page.run.mock.calls.length, thread.run.mock.calls.length]).toEqual([1, 1]);
  });

  it("leaves unknown and disabled keys alone", () => {
    const command = make("one", { keys: ["e"], isEnabled: false });
    registry.register(command);
    expect([registry.press("e"), registry.press("x")]).toEqual([false, false]);
    expect(command.run).not.toHaveBeenCalled();
  });

  it("runs a sequence, and another than a single character after the first key of one", () => {
    const [inbox, next] = [make("inbox", { keys: ["g i"] }), make("palette", { keys: ["Ctrl+k"] })];
    registry.register(inbox);
    registry.register(next);
    expect([registry.press("g"), registry.press("i")]).toEqual([true, true]);
    expect([registry.press("g"), registry.press("Ctrl+k")]).toEqual([true, true]);
    expect([inbox.run.mock.calls.length, next.run.mock.calls.length]).toEqual([1, 1]);
  });

  it("runs no second key alone", () => {
    const [mute, mine] = [make("mute", { keys: ["m"] }), make("mine", { keys: ["g m"] })];
    registry.register(mute);
    registry.register(make("inbox", { keys: ["g i"] }));
    expect([registry.press("g"), registry.press("m")]).toEqual([true, true]);
    expect([registry.press("g"), registry.press("m", true)]).toEqual([true, false]);
    registry.register(mine);
    expect(registry.press("m", true)).toBe(true);
    expect([mute.run.mock.calls.length, mine.run.mock.calls.length]).toEqual([0, 1]);
  });

  it("forgets the first key of a sequence after a while", () => {
    vi.useFakeTimers();
    const inbox = make("inbox", { keys: ["g i"] });
    registry.register(inbox);
    registry.press("g");
    vi.advanceTimersByTime(2_000);
    expect(registry.press("i")).toBe(false);
    vi.useRealTimers();
  });

  it("runs no single characters when they are switched off, but all other keys", () => {
    const commands = [make("archive", { keys: ["e"] }), make("go", { keys: ["g i"] }), make("palette", { keys: ["Ctrl+k"] }), make("back", { keys: ["Escape"] })];
    for (const command of commands) registry.register(command);
    registry.switchCharacterKeys(false);
    expect(["e", "g", "i", "Ctrl+k", "Escape"].map((name) => registry.press(name))).toEqual([false, false, false, true, true]);
  });

  it("runs a command by id, the newest that is enabled", () => {
    const [page, thread] = [make("archive"), make("archive", { isEnabled: false })];
    registry.register(page);
    registry.register(thread);
    expect([registry.run("archive"), registry.run("other")]).toEqual([true, false]);
    expect([page.run.mock.calls.length, thread.run.mock.calls.length]).toEqual([1, 0]);
  });

  it("reports that single characters were switched off", () => {
    const listener = vi.fn<() => void>();
    registry.subscribe(listener);
    registry.switchCharacterKeys(false);
    expect(listener).toHaveBeenCalledTimes(1);
  });
});
