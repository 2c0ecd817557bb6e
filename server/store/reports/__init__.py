"""Reports: the facts they count, written as they happen, and the figures made of them."""
