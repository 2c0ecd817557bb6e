"""Texts as the words they are searched by, in any script."""

import re

from server.text.fold import fold

# Scripts that put no blanks between words are searched by pairs of letters.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
# Vowel signs of the scripts of India and Tibet, which are letters of a word and not \w.
SIGNS = "\u0900-\u0963\u0970-\u0df3\u0f71-\u0fbc"
TOKEN = re.compile(rf"([{UNSPACED}]+)|((?:[{SIGNS}]|[^\W{UNSPACED}])+)")
MAX_LETTERS, MAX_WORDS = 40, 1000


def tokens_of(text: str) -> list[str]:
    """Every word once; of a run without blanks each letter with the one after it."""
    words: dict[str, None] = {}
    for unspaced, word in TOKEN.findall(fold(text)):
        pairs = [unspaced[n : n + 2] for n in range(len(unspaced))] if unspaced else [word[:MAX_LETTERS]]
        words.update(dict.fromkeys(pairs))
        if len(words) >= MAX_WORDS:
            break
    return list(words)


def query_tokens(text: str) -> list[str]:
    """What must be found: beginnings of words. The last letter of a run alone would ask for too much."""
    wanted: dict[str, None] = {}
    for unspaced, word in TOKEN.findall(fold(text)):
        last = max(len(unspaced) - 1, 1)
        pairs = [unspaced[n : n + 2] for n in range(last)] if unspaced else [word[:MAX_LETTERS]]
        wanted.update(dict.fromkeys(pairs))
    return list(wanted)
