/** What the rule lets pass and what it reports, with types as real components have them. */
import { expect, it } from "vitest";
import { probe } from "./probe.js";
import rule from "./translatable-text.js";

const HEAD = `
  declare const name: string; declare const count: number; declare const isOn: boolean; declare const names: string[];
  declare function Always(props: any): JSX.Element; declare function Maybe(props: any): JSX.Element | null;
  declare const children: JSX.Element | string; declare const element: JSX.Element | false;
`;
const reports = (jsx) => probe(rule, `${HEAD} export const shown = (${jsx});`);

it.each([
  ["a text alone in its element", "<p>{name}</p>"],
  ["a text that comes and goes alone", "<p>{isOn && name}</p>"],
  ["one sentence made beforehand", "<p>{`${name} has ${count}`}</p>"],
  ["fixed text beside fixed elements", "<p>Write to <b>Bia</b> now</p>"],
  ["fixed text behind an icon", "<button><Always /> Send</button>"],
  ["fixed text before what comes and goes", "<p>Hello {element}</p>"],
  ["changing text in an element of its own", "<p><span>{name}</span>{element}</p>"],
  ["elements of a list", "<ul>{names.map((one) => <li>{one}</li>)}</ul>"],
  ["a blank in braces", "<p>fixed{\" \"}<b>text</b></p>"],
])("lets %s pass", (_, jsx) => expect(reports(jsx)).toEqual([]));

it.each([
  ["a count beside a label", "<p>{count}<span> unread</span></p>", ["changing"]],
  ["a number in a sentence", "<p>You have {count}</p>", ["changing"]],
  ["a choice of two texts beside an icon", '<p><Always />{isOn ? "On" : "Off"}</p>', ["changing"]],
  ["a text that comes and goes", '<p>{isOn && "You: "}<b>x</b></p>', ["changing"]],
  ["a list of bare texts", "<p>{names.map((one) => one)}</p>", ["changing"]],
  ["a list of texts and elements", "<p>{names.map((one) => (isOn ? one : <b>{one}</b>))}</p>", ["changing"]],
  ["whatever the children are, beside others", "<p><Always />{children}</p>", ["changing"]],
  ["fixed text behind what comes and goes", "<button>{element}Send</button>", ["fixed"]],
  ["fixed text behind a component that may show nothing", "<button><Maybe />Send</button>", ["fixed"]],
  ["text in a fragment", "<>never</>", ["fragment"]],
])("reports %s", (_, jsx, found) => expect(reports(jsx)).toEqual(found));
