"""Arithmetic of payment plans; nothing here needs a database."""

from .amount_words import AmountError, amount_in_words, has_words

__all__ = ["AmountError", "amount_in_words", "has_words"]
