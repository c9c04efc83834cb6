"""Contracts from DOCX files that people design in their word processor.

A file is a foreign program until it is proved to be none: it is opened only if it is a plain
Word document of bounded size, without macros, embedded objects and links to files elsewhere; its
expressions may name values, walk lists and ask whether a value is there, and nothing else. They
are rendered in a sandbox besides, from plain text and lists.
"""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass

from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from .docx_fields import FetchingField, check_fields

try:
    from docx import Document
    from docxtpl import DocxTemplate
except ImportError:  # an optional library
    Document = DocxTemplate = None

MAX_FILE = 5 * 2**20
MAX_UNPACKED = 40 * 2**20
MAX_PART = 15 * 2**20
MAX_PARTS = 400
#: Word packs text twenty times at most; a bomb a thousand times.
MAX_RATIO = 150
FORBIDDEN_PARTS = re.compile(
    r"vbaProject|vbaData|activeX|embeddings/|oleObject|afchunk|customUI|\.(bin|exe|dll|js|hta)$",
    re.I,
)
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
EXPRESSION = re.compile(r"\{\{[rc]?\s*(.*?)\s*\}\}|\{%[a-z]*\s+(.*?)\s*%\}", re.S)
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ALLOWED_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.For,
    nodes.If, nodes.Not, nodes.And, nodes.Or, nodes.Const,
)  # fmt: skip
ROW_WORDS = ("loop",)


class DocxError(ValueError):
    """A file that cannot be a template: why, and where in it."""

    def __init__(self, reason, place="", name=""):
        super().__init__(f"{reason}: {name} {place}".strip())
        self.reason, self.place, self.name = reason, place, name


@dataclass
class Unknown:
    """A name that is in no list, with the paragraph it stands in."""

    name: str
    paragraph: str


def is_available():
    """Whether the optional libraries are there."""
    return DocxTemplate is not None


def check_file(content: bytes):
    """Refuse whatever is no plain Word document.

    :raise DocxError: the first thing found.
    """
    if len(content) > MAX_FILE:
        raise DocxError("large", f"{len(content) // 2**20} MB")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DocxError("no_docx") from error
    _check_sizes(infos)
    names = {info.filename for info in infos}
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise DocxError("no_docx")
    for info in infos:
        _check_part(archive, info)
    if MAIN_TYPE.encode() not in archive.read("[Content_Types].xml"):
        raise DocxError("macros", "[Content_Types].xml")


def _check_sizes(infos):
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise DocxError("bomb")
    for info in infos:
        packed = max(info.compress_size, 1)
        if info.file_size > MAX_PART or (
            info.file_size > 2**20 and info.file_size / packed > MAX_RATIO
        ):
            raise DocxError("bomb", info.filename)


def _check_part(archive, info):
    name = info.filename
    if name.startswith("/") or ".." in posixpath.normpath(name).split("/") or "\\" in name:
        raise DocxError("path", name)
    if FORBIDDEN_PARTS.search(name):
        raise DocxError("macros", name)
    if not name.endswith((".xml", ".rels")):
        return
    try:
        with archive.open(info) as part:
            # The directory of the archive may lie about sizes.
            data = part.read(MAX_PART + 1)
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError, ValueError) as error:
        raise DocxError("no_docx", name) from error
    if len(data) > MAX_PART:
        raise DocxError("bomb", name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise DocxError("entities", name)
    root = _parse(data, name)
    if root.getroottree().docinfo.doctype:
        raise DocxError("entities", name)
    _check_links(root, name)


def _parse(data, name):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocxError("no_docx", name) from error


def _check_links(root, name):
    for node in root.iter(etree.Element):
        tag = etree.QName(node).localname
        if tag == "Relationship" and node.get("TargetMode", "").lower() == "external":
            address = node.get("Target", "")
            is_link = node.get("Type", "").endswith("/hyperlink")
            if not is_link or not address.lower().startswith(("http://", "https://", "mailto:")):
                raise DocxError("external", name, address[:80])
        if tag == "altChunk":
            raise DocxError("external", name)
    try:
        check_fields(root)
    except FetchingField as error:
        raise DocxError("external", name, str(error)) from error


def check_expressions(content: bytes, values, lists) -> list:
    """Names the file asks for and nobody knows.

    :param values: names of texts.
    :param lists: {name of a list: names of the values of its rows}.
    :return: :class:`Unknown` in the order of the paragraphs.
    :raise DocxError: an expression that does more than name, walk and ask.
    """
    template = DocxTemplate(io.BytesIO(content))
    template.init_docx()
    unknown = []
    for source in _get_sources(template):
        for name in _check_tree(source, values, lists):
            found = Unknown(name, _find_paragraph(template.docx, name))
            if found not in unknown:
                unknown.append(found)
    return unknown


def _get_sources(template):
    """The text of all parts with expressions, patched as docxtpl will render them."""
    yield template.patch_xml(template.get_xml())
    for uri in (template.HEADER_URI, template.FOOTER_URI):
        for _key, part in template.get_headers_footers(uri):
            yield template.patch_xml(template.get_part_xml(part))
    # docxtpl renders the properties of the file and its footnotes too.
    for part in template.docx.part.package.iter_parts():
        if str(part.partname).startswith(("/word/footnotes", "/docProps/core")):
            yield template.patch_xml(part.blob.decode("utf-8"))


def _environment():
    # Values are escaped: "&" and "<" are letters of names, not of the document.
    return ImmutableSandboxedEnvironment(autoescape=True)


def _check_tree(source, values, lists):
    try:
        tree = _environment().parse(source)
    except TemplateError as error:
        raise DocxError("syntax", "", str(error)[:120]) from error
    loops = _get_loops(tree, lists)
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED_NODES):
            raise DocxError("expression", "", type(node).__name__)
    return [name for name in _get_names(tree) if not _is_known(name, values, lists, loops)]


def _get_loops(tree, lists):
    """{name of a row: names of its values}.

    Rows are flat, so a list within a list has no use; seven deep it would keep a server busy
    for a day.
    """
    loops = {}
    for loop in tree.find_all(nodes.For):
        target, walked = loop.target, loop.iter
        if not isinstance(target, nodes.Name) or not isinstance(walked, nodes.Name):
            raise DocxError("expression", "", "for")
        if any(True for _inner in loop.find_all(nodes.For)):
            raise DocxError("loops", "", f"for {target.name} in {walked.name}")
        loops[target.name] = lists.get(walked.name, set())
    return loops


def _get_names(tree):
    """Names and paths (row.amount) in the order they stand."""
    inner = set()
    for node in tree.find_all(nodes.Getattr):
        if not isinstance(node.node, nodes.Name):
            raise DocxError("expression", "", node.attr)
        inner.add(id(node.node))
        yield f"{node.node.name}.{node.attr}"
    for node in tree.find_all(nodes.Name):
        if id(node) not in inner:
            yield node.name


def _is_known(name, values, lists, loops):
    first, point, rest = name.partition(".")
    if rest.startswith("_"):
        raise DocxError("expression", "", name)
    if point:
        return first in loops and rest in loops[first] or (first in ROW_WORDS and rest == "index")
    return name in values or name in lists or name in loops


def _find_paragraph(document, name):
    """The words around a name: what a person looks for in his file."""
    for number, text in enumerate(_get_paragraphs(document), 1):
        if re.search(rf"\{{[{{%][^}}]*\b{re.escape(name)}\b", text):
            return f"{number}: {text.strip()[:80]}"
    return ""


def _get_paragraphs(document):
    bodies = [document.element.body]
    for section in document.sections:
        bodies += [section.header._element, section.footer._element]
    for body in bodies:
        for paragraph in body.iter(f"{WORD}p"):
            yield "".join(node.text or "" for node in paragraph.iter(f"{WORD}t"))


def render(content: bytes, data) -> bytes:
    """The document with its values.

    :param data: {name: text, or list of {name: text}}; no objects.
    :raise DocxError: a file that :func:`check_file` would refuse.
    """
    check_file(content)
    template = DocxTemplate(io.BytesIO(content))
    try:
        template.render(data, _environment(), autoescape=True)
    except TemplateError as error:
        raise DocxError("syntax", "", str(error)[:120]) from error
    result = io.BytesIO()
    template.save(result)
    _check_rendered(result)
    return result.getvalue()


def _check_rendered(stream):
    """Values and conditions may have made a field of what was none in the template."""
    with zipfile.ZipFile(stream) as archive:
        for info in archive.infolist():
            if info.filename.endswith(".xml"):
                _check_links(_parse(archive.read(info), info.filename), info.filename)
