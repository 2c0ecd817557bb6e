/** A command for what is shown first: the key map is loaded after it. */
import { lazyPart } from "@/lib/lazyPart";

export const LateCommand = lazyPart(async () => (await import("./MappedCommand")).MappedCommand, { preloading: "page", isExtra: true });
