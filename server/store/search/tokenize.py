"""Splits texts into search tokens, in any script."""

import re

from server.text.fold import fold

# Scripts without spaces between words are indexed by pairs of letters.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3\u3040-\u30ff\u3400-\u9fff\U00020000-\U0003ffff"
# Vowel signs of Indic and Tibetan scripts, which belong to a word and are not \w.
SIGNS = "\u0900-\u0963\u0970-\u0df3\u0f71-\u0fbc"
# Underscores separate words: they format a text, and stand between the words of a file name.
TOKEN = re.compile(rf"([{UNSPACED}]+)|((?:[{SIGNS}]|[^\W_{UNSPACED}])+)")
MAX_LETTERS, MAX_TOKENS = 40, 1000


def tokens_of(text: str) -> list[str]:
    """Every token once: words, and for a run of an unspaced script each letter with the next."""
    tokens: dict[str, None] = {}
    for unspaced, spaced in TOKEN.findall(fold(text)):
        pairs = [unspaced[n : n + 2] for n in range(len(unspaced))] if unspaced else [spaced[:MAX_LETTERS]]
        tokens.update(dict.fromkeys(pairs))
        if len(tokens) >= MAX_TOKENS:
            break
    return list(tokens)


def query_tokens(text: str) -> list[str]:
    """The tokens of a query, matched as prefixes, without the last letter of a run, which would match too much."""
    tokens: dict[str, None] = {}
    for unspaced, spaced in TOKEN.findall(fold(text)):
        last = max(len(unspaced) - 1, 1)
        pairs = [unspaced[n : n + 2] for n in range(last)] if unspaced else [spaced[:MAX_LETTERS]]
        tokens.update(dict.fromkeys(pairs))
    return list(tokens)
