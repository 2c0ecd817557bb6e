import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { Avatar } from "./Avatar";

const draw = (name: string) => {
  const { container } = render(<Avatar name={name} />);
  return container.querySelector(".avatar-avatar");
};

it.each([
  ["Bia Lima", "BL"],
  ["ana", "A"],
  ["🌸 Ana 🌸", "A"],
  ["e\u0301lodie", "E\u0301"],
  ["किरण", "कि"],
  ["ßeta", "ß"],
  ["田中", "田"],
  ["🌸", "🌸"],
  ["❤️ 🇧🇷", "❤️"],
  ["\u3164 Bia", "B"],
])("draws %s as %s", (name, wanted) => {
  expect(draw(name)?.textContent).toBe(wanted);
});

it.each(["\u3164", "\u200b", "+55 11 98888-0000", "."])("draws no letter of what has none", (name) => {
  expect(draw(name)?.textContent).toBe("");
  expect(draw(name)?.querySelector("svg")).not.toBeNull();
});
