"""XML, read one record at a time: what the readers of XML files share.

A record is handed over when its end is read and thrown away afterwards, so that memory follows the largest record and not
the file. Names of elements are compared without their namespace: publishers change it (OFAC did in 2024). Nothing outside
the file is ever read: a document type declaration, and with it every entity of its own, is refused.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree

from assets.contracts import open_file
from assets.errors import Quarantine
from assets.reading.bytes import begins_as_markup, refuse_blank

HEAD = 65_536
"""Bytes within which the root element must begin."""
_SAFE: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
}

Element = Any
"""An element of lxml (its classes are not public)."""
_ASKED: ContextVar[set[tuple[str, str]]] = ContextVar("asked", default=set())  # noqa: B039 (what no file collects is of no use)
"""What the reader of the file at hand asked for, as the tag of an element and the name of a child."""


@dataclass(frozen=True)
class Root:
    """The root element: its name without namespace, and its attributes."""

    name: str
    attributes: dict[str, str]


class XmlFile:
    """A file of a snapshot, begun to be read: ``root`` is known, the records are still to come (once)."""

    def __init__(self, stream: BinaryIO, file: str, kept: str) -> None:
        """Read the beginning; ``kept``: what stands after a refusal, and what to do.

        Raises Quarantine where the file is empty, a web page, no XML, or declares a document type.
        """
        self.file = file
        self.kept = kept
        self._head = stream.read(HEAD)
        self._rest = stream
        self.root = _root(self._head, file, kept)
        self._there: Counter[tuple[str, str]] = Counter()
        self._asked: set[tuple[str, str]] = set()

    def records(self, *wanted: str) -> Iterator[tuple[str, Element]]:
        """Every element with one of these names (without namespace) at its end, with its name.

        What is asked of an element by ``children``, ``texts`` or ``text_of`` is noted, and what stands in it (``unread``).

        An element is emptied when the next one is asked for. None of the wanted may stand inside another.

        Raises:
            Quarantine: the file is cut or not well-formed.
        """
        tags = [f"{{*}}{name}" for name in wanted]
        try:
            for _, element in etree.iterparse(_Joined(self._head, self._rest), events=("end",), tag=tags, **_SAFE):
                _ASKED.set(self._asked)
                yield local_name(element), element
                self._note(element)
                element.clear(keep_tail=False)
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
        except etree.XMLSyntaxError as error:
            raise Quarantine(f"{self.file} is cut or is not well-formed XML ({_shown(error)}). {self.kept}") from error

    def unread(self, *left: str) -> dict[str, int]:
        """Elements of records for which nobody asked and that say something, as ``parent/name``, with how often.

        Args:
            left: elements that say nothing of a party, nor what stands in them, by name or as ``parent/name``.
        """
        asked = {(local_name_of(parent), name) for parent, name in self._asked}
        found: Counter[str] = Counter()
        for (parent, tag), n in self._there.items():
            above, name = local_name_of(parent), local_name_of(tag)
            if (above, name) not in asked and not {above, name, f"{above}/{name}"} & set(left):
                found[f"{above}/{name}"] += n
        return dict(sorted(found.items()))

    def _note(self, record: Element) -> None:
        if not any(parent == record.tag for parent, _ in self._asked):
            # read in another way, or not at all
            return
        for element in record.iterdescendants("{*}*"):
            if (element.text and not element.text.isspace()) or (element.attrib and not len(element)):
                self._there[element.getparent().tag, element.tag] += 1


def begins_as_xml(files: Mapping[str, bytes], name: str) -> bool:
    """Whether a file of a snapshot begins as XML does; of a stored one no more than its beginning is read."""
    with open_file(files, name) as stream:
        return begins_as_markup(stream.read(100))


def is_web_page(data: bytes) -> bool:
    """Whether the bytes begin as HTML does."""
    return re.match(rb"[\xef\xbb\xbf\s]*<(?:!doctype\s+html|html|head|body)\b", data[:2000], re.IGNORECASE) is not None


def whole_document(name: str, data: bytes, kept: str) -> Element:
    """The root of a small document, without comments and instructions. Raises Quarantine: cut, not well-formed, or empty."""
    parser = etree.XMLParser(**_SAFE, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Quarantine(f"{name} is no whole XML document ({_shown(error)}): cut or damaged. {kept}") from error
    if root is None:
        raise Quarantine(f"{name} is an empty XML document. {kept}")
    return root


def expect_root(xml: XmlFile, *names: str) -> None:
    """Raise Quarantine unless the root element has one of these names."""
    if xml.root.name not in names:
        found = f"its root element is {xml.root.name!r}, not {' or '.join(names)}"
        raise Quarantine(f"{xml.file} is not the list: {found}. {xml.kept}")


def root_name(stream: BinaryIO) -> str | None:
    """Name of the root element without its namespace; None where the bytes do not begin as XML."""
    try:
        return XmlFile(stream, "", "").root.name
    except Quarantine:
        return None


def local_name(element: Element) -> str:
    """Name of an element without its namespace."""
    return local_name_of(str(element.tag))


def local_name_of(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def clean(text: str | None) -> str | None:
    """Text without padding and with single blanks; None where nothing is left. Lists pad names and break lines in them."""
    return None if text is None else " ".join(text.split()) or None


def texts(element: Element, *path: str) -> Iterator[str]:
    """Texts of the children at the end of a path of names, in order, cleaned; empty ones are left out."""
    for child in children(element, *path):
        found = clean(child.text)
        if found is not None:
            yield found


def text_of(element: Element, *path: str) -> str | None:
    """The first text at the end of a path of names; None where there is none."""
    return next(texts(element, *path), None)


def children(element: Element, *path: str) -> Iterator[Element]:
    """Children at the end of a path of names, in order, whatever their namespace."""
    _ASKED.get().add((element.tag, path[0]))
    if len(path) == 1:
        yield from element.iterchildren(f"{{*}}{path[0]}")
        return
    for child in element.iterchildren(f"{{*}}{path[0]}"):
        yield from children(child, *path[1:])


class _Joined:
    """The bytes that were read for a look at the root, and those that follow."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = head, rest

    def read(self, size: int = -1) -> bytes:
        if not self._head:
            return self._rest.read(size)
        head, self._head = self._head, b""
        return head


def _root(head: bytes, file: str, kept: str) -> Root:
    refuse_blank(file, head, kept)
    if is_web_page(head):
        raise Quarantine(f"{file} is a web page, not the list: it begins with {head.lstrip()[:40]!r}. {kept}")
    parser = etree.XMLPullParser(events=("start",), **_SAFE)
    problem = None
    try:
        parser.feed(head)
        parser.close()
    except etree.XMLSyntaxError as error:
        # most often only the end of the head, in the middle of the file
        problem = error
    _, root = next(iter(parser.read_events()), (None, None))
    if root is None:
        why = f" ({_shown(problem)})" if problem is not None else ""
        raise Quarantine(f"{file} is not XML{why}: it begins with {head.lstrip()[:40]!r}. {kept}")
    if root.getroottree().docinfo.internalDTD is not None:
        raise Quarantine(f"{file} declares a document type: no list does, and it could make the reader run away. {kept}")
    name = local_name(root)
    if name.lower() == "html":
        raise Quarantine(f"{file} is a web page, not the list: it begins with {head.lstrip()[:40]!r}. {kept}")
    return Root(name, {str(k).rpartition("}")[2]: str(v) for k, v in root.attrib.items()})


def _shown(error: Exception) -> str:
    return str(error)[:200]
