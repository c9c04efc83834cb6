"""What the engine says, in the language of the reader."""

from odoo.tools.translate import get_translation

from ..engine import DiagramError, EngineError, MigrationError
from ..engine.words import Told


def said(env, what) -> str:
    """A sentence or an error of the engine in the reader's language; other texts as they are.

    The engine knows no languages: its sentences carry their pattern and values, which are
    terms of this addon like any other (see engine/words.py).
    """
    if isinstance(what, DiagramError):
        return "\n".join(said(env, problem.message) for problem in what.problems)
    if isinstance(what, MigrationError):
        return "\n".join(said(env, reason) for reason in what.reasons)
    if isinstance(what, EngineError):
        return said(env, what.message)
    if not isinstance(what, Told):
        return str(what)
    values = {
        name: said(env, value) if isinstance(value, Told) else value
        for name, value in what.values.items()
    }
    return get_translation("bpm_engine", env.lang or "en_US", what.pattern, values)
