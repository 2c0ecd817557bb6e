import { expect, it } from "vitest";
import { splitParts, type ComposedFile } from "./parts";
import { pickFiles } from "./pickFiles";
import { movedTo } from "./tray";

const file = (name: string, size = 1, type = "") => new File([new Uint8Array(size)], name, { type });
const composed = (name: string, fields: Partial<ComposedFile> = {}, type = "image/png"): ComposedFile => ({ file: file(name, 1, type), caption: "", isVoice: false, ...fields });

const shown = (parts: ReturnType<typeof splitParts>) => parts.map((part) => `${part.file?.name ?? ""}|${part.text}${part.isVoice ? "|voice" : ""}`);

it.each<[string, string, ComposedFile[], string[]]>([
  ["text alone", "hello", [], ["|hello"]],
  ["a picture with the text as its caption", "hello", [composed("a.png")], ["a.png|hello"]],
  ["a picture alone", "", [composed("a.png")], ["a.png|"]],
  ["text before several files, each with its caption", "hello", [composed("a.png", { caption: " one " }), composed("b.pdf")], ["|hello", "a.png|one", "b.pdf|"]],
  ["text before a file that has a caption", "hello", [composed("a.png", { caption: "one" })], ["|hello", "a.png|one"]],
  ["text before a sound, which has no caption", "hello", [composed("a.mp3", {}, "audio/mpeg")], ["|hello", "a.mp3|"]],
  ["text before a voice message", "hello", [composed("v.ogg", { isVoice: true }, "audio/ogg")], ["|hello", "v.ogg||voice"]],
])("sends %s", (_, text, files, parts) => expect(shown(splitParts(text, files))).toEqual(parts));

it("attaches what fits, and names what does not with the reason", () => {
  const limits = { max_bytes: 10, max_files: 2 };
  const first = pickFiles(0, [file("a", 5), file("big.mov", 11), file("none.txt", 0)], limits);
  expect(first.taken.map(({ name }) => name)).toEqual(["a"]);
  expect(first.problems).toEqual(["big.mov is too large: the limit is 10 B.", "none.txt is empty."]);
  const second = pickFiles(1, [file("b"), file("c"), file("d")], limits);
  expect(second.taken.map(({ name }) => name)).toEqual(["b"]);
  expect(second.problems).toEqual(["Up to 2 files at once. 2 were not attached."]);
});

it.each([
  ["to the front", "c", 0, "cab"],
  ["to the end", "a", 2, "bca"],
  ["nowhere, if it has been removed", "x", 0, "abc"],
])("moves a file %s", (_, key, place, order) => {
  const items = ["a", "b", "c"].map((name) => ({ key: name }));
  expect(movedTo(items, key, place).map((item) => item.key).join("")).toBe(order);
});
