"""What people read in a diagram: names, buttons, instructions, notes.

Nothing is imported here, so that tools/i18n_diagrams.py finds the same terms without Odoo;
nodes may be those of lxml or of the standard library.
"""

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
#: Parts of a file that people see drawn; messages, signals and errors beside them are keys.
_SHOWN_ROOTS = ("process", "collaboration")
_SHOWN_TEXTS = ("documentation", "text")
#: Parameters of actions that are sentences, unless they are expressions.
_SENTENCES = ("summary", "note", "body", "reason")


def words_of(root):
    """Texts of a diagram in their order, each as often as it stands there."""
    for node, attribute in _places(root):
        yield _read(node, attribute)


def say_words(root, say):
    """Say every text of a diagram otherwise.

    :param say: text -> text
    """
    for node, attribute in list(_places(root)):
        text = say(_read(node, attribute))
        if attribute:
            node.set(attribute, text)
        else:
            node.text = text


def _read(node, attribute):
    return (node.get(attribute) if attribute else node.text).strip()


def _places(root):
    """(node, attribute or None for its text) of everything that is read."""
    for part in root:
        if _local(part) not in _SHOWN_ROOTS:
            continue
        for node in part.iter():
            attribute = _shown(node)
            value = attribute is not False and (node.get(attribute) if attribute else node.text)
            if value and value.strip():
                yield node, attribute


def _shown(node):
    """Attribute of a node that is read, None for its text, False for nothing."""
    local = _local(node)
    if not isinstance(node.tag, str):
        return False
    if node.tag.startswith(_BPMN):
        return None if local in _SHOWN_TEXTS else "name"
    if local == "outcome":
        return "label"
    is_sentence = local == "parameter" and node.get("name") in _SENTENCES
    return "value" if is_sentence and not node.get("value", "").startswith("=") else False


def _local(node):
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
