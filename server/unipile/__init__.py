"""The provider adapter: everything that knows UniPile's names, addresses and habits."""
