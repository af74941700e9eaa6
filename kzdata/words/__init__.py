"""Words of four languages and the grammars of printed periods and amounts made of them."""
