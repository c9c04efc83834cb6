"""Sentences that remember how they were made, so that they can be said in other languages.

The engine knows no languages. What it says is English text that still carries its pattern
and values; the database says the same in the language of the reader.
"""


class Told(str):
    """A sentence: its text, and the pattern and values it was made of."""

    __slots__ = ("pattern", "values")

    def __new__(cls, pattern: str, **values):
        # Errors of the engine quoted in others keep their own pattern.
        values = {
            name: getattr(value, "message", str(value)) if isinstance(value, Exception) else value
            for name, value in values.items()
        }
        sentence = super().__new__(cls, pattern % values if values else pattern)
        sentence.pattern = pattern
        sentence.values = values
        return sentence


def told(pattern: str, **values) -> Told:
    """A sentence of the engine; imported as ``_``, the name by which tools find terms."""
    return Told(pattern, **values)
