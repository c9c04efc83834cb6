"""What only this product's own code may say in the context of a call.

Whoever calls from outside chooses the context. A key that switches a check off is therefore
believed only with a value that neither JSON nor XML-RPC can carry, nor anything equal to it:
environments of a transaction are found again by comparing their contexts.
"""

#: Says that the caller has made the check himself.
INTERNAL = object()

#: What a person says of his own change of a stage, and what his client wants for his own
#: record: none of it is meant for what the product does afterwards in somebody else's name.
OWN_WORDS = ("bpm_stage_", "default_", "import_file", "active_test")


def is_internal(env, key):
    """Whether this product's own code, and no client, has set a key of the context."""
    return env.context.get(key) is INTERNAL


def own(value):
    """A value for the context that :func:`get_own` believes."""
    return INTERNAL, value


def get_own(env, key, default):
    """Value of a key of the context if :func:`own` has made it, else the default."""
    found = env.context.get(key)
    ours = isinstance(found, tuple) and len(found) == 2 and found[0] is INTERNAL
    return found[1] if ours else default


def without_own_words(records):
    """These records for what is done in somebody else's name: an override that the caller asks
    for, with a reason of his, is not the other's (EP-06)."""
    context = records.env.context
    kept = {key: value for key, value in context.items() if not key.startswith(OWN_WORDS)}
    return records.with_env(records.env(context=kept))
