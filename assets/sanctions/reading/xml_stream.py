"""Lists in XML, read one record at a time: what the parsers of XML lists share.

A record is handed over when its end is read and thrown away afterwards, so that memory follows the largest record and not
the file. Names of elements are compared without their namespace: publishers change it (OFAC did in 2024). Nothing outside
the file is ever read: a document type declaration, and with it every entity of its own, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from lxml import etree

from assets.contract import open_file
from assets.errors import Quarantine
from assets.sanctions.reading.text_files import KEPT

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


@dataclass(frozen=True)
class Root:
    """The root element: its name without namespace, and its attributes."""

    name: str
    attributes: dict[str, str]


class XmlFile:
    """A file of a snapshot, begun to be read: ``root`` is known, the records are still to come (once)."""

    def __init__(self, stream: BinaryIO, file: str) -> None:
        """Read the beginning.

        Raises:
            Quarantine: the file is empty, a web page, no XML, or declares a document type.
        """
        self.file = file
        self._head = stream.read(HEAD)
        self._rest = stream
        self.root = _root(self._head, file)

    def records(self, *wanted: str) -> Iterator[tuple[str, Element]]:
        """Every element with one of these names (without namespace) at its end, with its name.

        An element is emptied when the next one is asked for. None of the wanted may stand inside another.

        Raises:
            Quarantine: the file is cut or not well-formed.
        """
        tags = [f"{{*}}{name}" for name in wanted]
        try:
            for _, element in etree.iterparse(_Joined(self._head, self._rest), events=("end",), tag=tags, **_SAFE):
                yield local_name(element), element
                element.clear(keep_tail=False)
                parent = element.getparent()
                while parent is not None and element.getprevious() is not None:
                    del parent[0]
        except etree.XMLSyntaxError as error:
            raise Quarantine(f"{self.file} is cut or is not well-formed XML ({_shown(error)}). {KEPT}") from error


def begins_as_xml(files: Mapping[str, bytes], name: str) -> bool:
    """Whether a file of a snapshot begins as XML does; of a stored one no more than its beginning is read."""
    with open_file(files, name) as stream:
        return stream.read(100).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def expect_root(xml: XmlFile, *names: str) -> None:
    """Raise Quarantine unless the root element has one of these names."""
    if xml.root.name not in names:
        raise Quarantine(f"{xml.file} is not the list: its root element is {xml.root.name!r}, not {' or '.join(names)}. {KEPT}")


def root_name(stream: BinaryIO) -> str | None:
    """Name of the root element without its namespace; None where the bytes do not begin as XML."""
    try:
        return XmlFile(stream, "").root.name
    except Quarantine:
        return None


def local_name(element: Element) -> str:
    """Name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


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


def _root(head: bytes, file: str) -> Root:
    start = head[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not head.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Quarantine(f"{file} is empty ({len(head):,} bytes): an empty answer is not a mass delisting. {KEPT}")
    if start.startswith((b"<!doctype html", b"<html")):
        raise Quarantine(f"{file} is a web page, not the list: it begins with {head.lstrip()[:40]!r}. {KEPT}")
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
        raise Quarantine(f"{file} is not XML{why}: it begins with {head.lstrip()[:40]!r}. {KEPT}")
    if root.getroottree().docinfo.internalDTD is not None:
        raise Quarantine(f"{file} declares a document type: no list does, and it could make the reader run away. {KEPT}")
    name = local_name(root)
    if name.lower() == "html":
        raise Quarantine(f"{file} is a web page, not the list: it begins with {head.lstrip()[:40]!r}. {KEPT}")
    return Root(name, {str(k).rpartition("}")[2]: str(v) for k, v in root.attrib.items()})


def _shown(error: etree.XMLSyntaxError | None) -> str:
    return str(error)[:200]
