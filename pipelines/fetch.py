"""The live fetcher: asks a source politely and hands what it served, whole, to the raw store.

Polite: time-outs, few tries with growing pauses, Retry-After respected, conditional requests, an honest user agent. Safe:
only hosts that the source declares, each redirect checked before it is followed, nothing larger than declared. Whatever goes
wrong is a failed receipt with a reason. The retries are here and not in a transport, since a body that is cut on its way
must be asked for again too, and since a server that asks for a longer pause than we wait must not be asked before its time.
"""

from __future__ import annotations

import hashlib
import random
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urljoin

import httpx

from pipelines.archive import gunzip, unzip
from pipelines.errors import BilateralError
from pipelines.raw_store import FileReceipt, Http, RawStore, Receipt, Taken
from pipelines.sources import FileSpec, Source, is_pattern

PRODUCT = "bilateral-relations-warehouse"
AGENT_BEGIN = "Mozilla/5.0 (compatible; "
"""OFAC's firewall answers 403 to user agents that do not begin so or are shorter than 40 characters (seen 2026-07-30)."""
AGENT_MIN = 40

_CONTACT = re.compile(r"(?:https?://|mailto:)[!-:<-~]+")
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

SLOT = timedelta(minutes=15)
_INDEX_LINE = re.compile(rb"^(\d{1,12}) ([0-9a-f]{32}) (\S{1,300}/(\d{14})(\.\S{1,40})\.zip)\r?$", re.MULTILINE | re.IGNORECASE)
_INDEX_LINE_BYTES = 130
"""Upper estimate of a line of GDELT's master list (seen: 97 to 112 bytes)."""
_INDEX_LINES_PER_SLOT = 3
_MAX_INDEX_BYTES = 500_000_000
"""GDELT's English master list: three lines for each of 96 slots a day since 2015, about 120 MB in 2026."""


@dataclass(frozen=True)
class FetchSettings:
    """How the fetcher behaves; times in seconds.

    Attributes:
        contact: an address (https://, mailto:) at which the people who run this can be reached; part of the user agent.
        user_agent: replaces the default user agent; it must not pretend to be a browser.
        timeout_s: for connecting and for each pause between two pieces of an answer.
        deadline_s: for one file, all tries and pauses together.
        max_tries: times a file is asked for at most.
        backoff_s: pause before the second try; it doubles with each further one and varies by half.
        max_wait_s: longest pause; a server that asks for a longer one is left alone until the next run.
        max_redirects: redirects followed for one answer.
    """

    contact: str | None = None
    user_agent: str | None = None
    timeout_s: float = 30.0
    deadline_s: float = 600.0
    max_tries: int = 4
    backoff_s: float = 2.0
    max_wait_s: float = 120.0
    max_redirects: int = 5

    def __post_init__(self) -> None:
        if self.contact is not None and _CONTACT.fullmatch(self.contact) is None:
            raise BilateralError(
                f"contact of the fetcher: expected an address as https://... or mailto:..., not {self.contact!r}"
            )
        agent = self.agent
        if not (
            agent.startswith(AGENT_BEGIN)
            and agent.endswith(")")
            and len(agent) >= AGENT_MIN
            and agent.isascii()
            and agent.isprintable()
        ):
            raise BilateralError(
                f"user agent of the fetcher: expected {AGENT_BEGIN!r}, then who asks and where to reach them, then ')',"
                f" together at least {AGENT_MIN} plain characters, not {agent!r}"
            )
        numbers = (self.timeout_s, self.deadline_s, self.max_wait_s)
        if min(numbers) <= 0 or self.max_tries < 1 or self.backoff_s < 0 or self.max_redirects < 0:
            raise BilateralError(
                "settings of the fetcher: expected times above 0, at least one try, and pauses and redirects of 0 or more;"
                f" these are {self}"
            )

    @property
    def agent(self) -> str:
        """The user agent that is sent."""
        if self.user_agent is not None:
            return self.user_agent
        return f"{AGENT_BEGIN}{PRODUCT}" + (")" if self.contact is None else f"; +{self.contact})")


@dataclass(frozen=True)
class FetchPolicy:
    """Which addresses may be asked. ``loopback`` is for tests against a server on this machine; never set it elsewhere."""

    loopback: bool = False

    def refusal(self, url: httpx.URL, source: Source, *, has_checksum: bool) -> str | None:
        """Why an address must not be asked, None where it may. ``has_checksum``: a published checksum will be verified."""
        if self.loopback and _is_loopback(url.host):
            return None
        if url.host.casefold().rstrip(".") not in source.hosts:
            declared = ", ".join(source.hosts)
            return f"{url.host or 'an address without a host'} is not among the hosts that sources.yml declares ({declared})"
        if url.scheme == "http" and not (has_checksum and source.http_with_checksum):
            return f"{url} is not https"
        if url.scheme not in ("https", "http"):
            return f"{url} is not https"
        if url.port is not None or url.userinfo:
            return f"{url} names a port or a user, which no source does"
        return None


@dataclass(frozen=True)
class _Answer:
    """A whole answer. ``body`` is None for 304, not modified."""

    http: Http
    body: bytes | None


class _Failure(Exception):
    """Why a file could not be had. ``may_retry``: asking again may help; ``wait_s``: the pause that the server asks for."""

    def __init__(self, reason: str, *, http: Http, may_retry: bool = False, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.http = http
        self.may_retry = may_retry
        self.wait_s = wait_s


@dataclass(frozen=True)
class _Asker:
    """Everything that one request needs and that is the same for all requests of one source."""

    client: httpx.Client
    source: Source
    settings: FetchSettings
    policy: FetchPolicy
    sleep: Callable[[float], None]
    chance: random.Random = field(default_factory=random.Random)

    def ask(self, url: str, limit: int, headers: Mapping[str, str] | None = None, *, has_checksum: bool = False) -> _Answer:
        """Ask for one file, again where that may help. Raises _Failure with the last reason."""
        deadline = time.monotonic() + self.settings.deadline_s
        for attempt in range(1, self.settings.max_tries + 1):
            try:
                return self._ask_once(url, limit, headers or {}, deadline, has_checksum=has_checksum)
            except _Failure as failure:
                if not failure.may_retry:
                    raise
                backoff = self.settings.backoff_s * 2 ** (attempt - 1) * self.chance.uniform(0.5, 1.5)
                wait = min(backoff, self.settings.max_wait_s) if failure.wait_s is None else failure.wait_s
                if wait > self.settings.max_wait_s:
                    reason = (
                        f"{failure.reason}; it asks for a pause of {wait:,.0f} s, longer than this run waits: try again later"
                    )
                elif attempt == self.settings.max_tries:
                    reason = f"{failure.reason}; asked {attempt} times"
                elif time.monotonic() + wait > deadline:
                    reason = f"{failure.reason}; asked {attempt} times in {self.settings.deadline_s:,.0f} s"
                else:
                    self.sleep(wait)
                    continue
                raise _Failure(reason, http=failure.http) from failure
        raise AssertionError("max_tries is at least 1")

    def _ask_once(self, url: str, limit: int, headers: Mapping[str, str], deadline: float, *, has_checksum: bool) -> _Answer:
        said = Http(url)
        address = url
        try:
            for _ in range(self.settings.max_redirects + 1):
                refusal = self.policy.refusal(httpx.URL(address), self.source, has_checksum=has_checksum)
                if refusal is not None:
                    came = "" if address == url else f"{httpx.URL(url).host} redirects to {address[:200]}; "
                    raise _Failure(f"{came}not asked: {refusal}", http=said)
                # gzip only: unpacked here and not by httpx, which takes a cut one for a whole one.
                sent = {"user-agent": self.settings.agent, "accept": "*/*", "accept-encoding": "gzip", **headers}
                with self.client.stream("GET", address, headers=sent, follow_redirects=False) as response:
                    said = Http(url, response.status_code, response.headers.get("etag"), response.headers.get("last-modified"))
                    if response.status_code in _REDIRECTS and "location" in response.headers:
                        address = urljoin(address, response.headers["location"])
                        continue
                    return self._read(response, limit, headers, deadline, said)
        except httpx.TimeoutException:
            reason = f"no answer from {_host(address)} within {self.settings.timeout_s:g} s"
            raise _Failure(reason, http=said, may_retry=True) from None
        except httpx.TransportError as error:
            if _is_tls(error):
                raise _Failure(f"no safe connection to {_host(address)} (TLS): {error}", http=said) from None
            is_protocol = isinstance(error, httpx.RemoteProtocolError)
            what = f"the answer of {_host(address)} was cut" if is_protocol else f"{_host(address)} cannot be reached"
            raise _Failure(f"{what}: {error or type(error).__name__}", http=said, may_retry=True) from None
        except (httpx.InvalidURL, ValueError) as error:
            raise _Failure(f"{address[:200]!r} is not an address: {error}", http=said) from None
        raise _Failure(f"more than {self.settings.max_redirects} redirects, the last to {address[:200]}", http=said)

    def _read(self, response: httpx.Response, limit: int, headers: Mapping[str, str], deadline: float, said: Http) -> _Answer:
        host = response.request.url.host
        status = response.status_code
        if status == 304 and any(name.startswith("if-") for name in headers):
            return _Answer(said, None)
        if status != 200 and not (status == 206 and "range" in headers):
            wait = _retry_after(response.headers.get("retry-after"), datetime.now(UTC)) if status in _RETRIED else None
            raise _Failure(
                _status_reason(status, host, self.settings.agent), http=said, may_retry=status in _RETRIED, wait_s=wait
            )
        declared = response.headers.get("content-length", "")
        length = int(declared) if declared.isdecimal() and len(declared) < 16 else None
        too_large = _Failure(
            f"the answer of {host} is larger than {limit:,} bytes (max_bytes in sources.yml): stopped", http=said
        )
        if length is not None and length > limit:
            raise too_large
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > limit:
                raise too_large
            if time.monotonic() > deadline:
                raise _Failure(
                    f"{host} sent {len(body):,} bytes in {self.settings.deadline_s:,.0f} s: too slow, stopped", http=said
                )
        if length is not None and len(body) != length:
            raise _Failure(f"the answer of {host} was cut: {len(body):,} of {length:,} bytes", http=said, may_retry=True)
        encoding = response.headers.get("content-encoding", "identity").strip().casefold()
        if encoding in ("gzip", "x-gzip"):
            try:
                return _Answer(said, gunzip(bytes(body), limit, f"the answer of {host}") if body else b"")
            except BilateralError as error:
                raise _Failure(str(error), http=said, may_retry=True) from None
        if encoding not in ("", "identity"):
            raise _Failure(f"{host} answers in the encoding {encoding[:40]!r}, which was not asked for", http=said)
        return _Answer(said, bytes(body))


def open_client(settings: FetchSettings) -> httpx.Client:
    """A client that follows no redirect by itself. Proxies of the environment (HTTPS_PROXY) are used."""
    return httpx.Client(timeout=settings.timeout_s, follow_redirects=False)


def fetch_source(
    store: RawStore,
    source: Source,
    settings: FetchSettings,
    *,
    now: datetime,
    policy: FetchPolicy | None = None,
    client_factory: Callable[[FetchSettings], httpx.Client] = open_client,
    sleep: Callable[[float], None] = time.sleep,
) -> Taken:
    """Ask a source for what it serves now.

    Args:
        store: where it goes.
        source: whom to ask, as declared.
        settings: time-outs, tries, user agent.
        now: the moment of retrieval; a naive one is UTC.
        policy: which addresses may be asked; the strict one by default.
        client_factory: makes the HTTP client.
        sleep: waits between two tries.

    Returns:
        One receipt: accepted, unchanged, quarantined, or failed with the reason. A source with an index of quarter-hours
        (GDELT) gives one for each slot of the last day that is not held. A source that is taken in by hand
        gives a note and no receipt.

    Raises:
        BilateralError: the raw store cannot be written.
    """
    if source.live == "manual":
        return Taken(notes=(f"{source.id}: not fetched; it is taken in by hand with `bilateral refresh --from DIR`",))
    if any(is_pattern(name) and spec.url is not None for name, spec in source.files.items()):
        slots = recent_slots(now)
        return gdelt_slots(store, source, settings, slots, now=now, policy=policy, client_factory=client_factory, sleep=sleep)
    last = store.last_answer(source.id)
    seen = {} if last is None else {f.name: f for f in last.files if f.sha256 is not None}
    files: dict[str, bytes] = {}
    http: dict[str, Http] = {}
    failures: list[str] = []
    with client_factory(settings) as client:
        asker = _Asker(client, source, settings, policy or FetchPolicy(), sleep)
        for name, spec in source.files.items():
            if spec.url is None:
                continue
            left = source.max_bytes - sum(map(len, files.values()))
            try:
                answer = asker.ask(spec.url, left, _conditions(seen.get(name), spec))
                http[name] = answer.http
                if answer.body is not None:
                    files[name] = answer.body
                elif last is not None:
                    http[name] = _kept(answer.http, seen[name])
                    files[name] = store.read(source.id, last.snapshot)[name]
            except _Failure as failure:
                http[name] = failure.http
                failures.append(f"{name}: {failure.reason}")
                # A file that is absent from a snapshot says nothing, so the others need not wait for an optional one.
                if spec.required:
                    return Taken((store.put_failed(source, now, failures[-1], origin="live", http=http),))
            except BilateralError as error:
                return Taken((store.put_failed(source, now, str(error), origin="live", http=http),))
    if not files:
        return Taken((store.put_failed(source, now, "; ".join(failures), origin="live", http=http),))
    warnings = tuple(f"a file was left out: {failure}" for failure in failures)
    return Taken((store.put(source, now, files, origin="live", http=http, warnings=warnings),))


def _conditions(seen: FileReceipt | None, spec: FileSpec) -> dict[str, str]:
    """Headers that let the server answer "not modified" where it served the held bytes from this very address."""
    if seen is None or seen.url != spec.url:
        return {}
    pairs = (("if-none-match", seen.etag), ("if-modified-since", seen.last_modified))
    return {name: value for name, value in pairs if value is not None and value.isascii() and value.isprintable()}


def _kept(http: Http, seen: FileReceipt) -> Http:
    """A 304 need not repeat the marks of the bytes that it stands for."""
    return Http(http.url, http.status, http.etag or seen.etag, http.last_modified or seen.last_modified)


def _host(address: str) -> str:
    return httpx.URL(address).host


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _status_reason(status: int, host: str, agent: str) -> str:
    said = f"{host} answered HTTP {status}"
    if status == 403:
        return (
            f"{said}, forbidden: its firewall may refuse the user agent that was sent, {agent!r}; see the settings of the fetcher"
        )
    if status in (404, 410):
        return f"{said}, not found: has the file moved? See the official page of the source"
    if status == 429:
        return f"{said}, too many requests"
    return f"{said}, an error on its side" if status >= 500 else f"{said} where 200 was expected"


def _retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After header, which holds seconds or a date; None where it holds neither."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return max(0.0, ((until if until.tzinfo is not None else until.replace(tzinfo=UTC)) - now).total_seconds())


@dataclass(frozen=True)
class IndexLine:
    """A line of an index of GDELT: the quarter-hour (naive UTC) of a file, its size, its checksum and its address."""

    slot: datetime
    n_bytes: int
    md5: str
    url: str


def parse_index(data: bytes, suffix: str) -> dict[datetime, IndexLine]:
    """Lines ``size md5 url`` whose file is named ``YYYYMMDDHHMMSS<suffix>.zip``, by slot. Lines of another form are skipped."""
    found = {}
    wanted = suffix.casefold().encode()
    for n_bytes, md5, url, digits, ending in _INDEX_LINE.findall(data):
        slot = _slot(digits.decode()) if ending.lower() == wanted else None
        if slot is not None:
            found[slot] = IndexLine(slot, int(n_bytes), md5.decode().lower(), url.decode("latin-1"))
    return found


def _slot(digits: str) -> datetime | None:
    try:
        # Naive UTC, as all moments in the store.
        return datetime.strptime(digits, "%Y%m%d%H%M%S")  # noqa: DTZ007
    except ValueError:
        return None


def quarter_hours(start: datetime, end: datetime) -> list[datetime]:
    """The slots of GDELT from ``start`` to before ``end`` (naive UTC), each on a full quarter of an hour."""
    first = start.replace(minute=start.minute // 15 * 15, second=0, microsecond=0)
    first = first if first >= start else first + SLOT
    return [first + i * SLOT for i in range(max(0, -((first - end) // SLOT)))]


def recent_slots(now: datetime, *, n_slots: int = 96) -> list[datetime]:
    """The last ``n_slots`` slots (a day): what an hourly run looks through, so that a slot that failed is asked for again."""
    end = _naive(now) + timedelta(seconds=1)
    return quarter_hours(end - n_slots * SLOT, end)


def _naive(moment: datetime) -> datetime:
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def gdelt_slots(
    store: RawStore,
    source: Source,
    settings: FetchSettings,
    slots: Iterable[datetime],
    *,
    now: datetime,
    policy: FetchPolicy | None = None,
    client_factory: Callable[[FetchSettings], httpx.Client] = open_client,
    sleep: Callable[[float], None] = time.sleep,
) -> Taken:
    """Fetch quarter-hours of GDELT, each a snapshot of its own whose ``retrieved_at`` is the slot: then it was published.

    Size and MD5 of each file are those that GDELT's index publishes, or the slot fails. The short index
    (``lastupdate.txt``, the ``url`` of the source's pattern) is read first, and ``masterfilelist.txt`` beside it only for
    slots that the short one does not name: its end where that is enough.

    Args:
        store: where they go.
        source: a source with one pattern (``*.export.CSV``) whose ``url`` is the short index.
        settings: time-outs, tries, user agent.
        slots: quarter-hours, naive UTC. Those that are held, and those after ``now``, are not asked for.
        now: the moment of asking; a naive one is UTC.
        policy: which addresses may be asked; the strict one by default.
        client_factory: makes the HTTP client.
        sleep: waits between two tries.

    Returns:
        The receipts in order of slot, and as gaps the slots that the index leaves out although it names later ones.

    Raises:
        BilateralError: the source has no index, or the raw store cannot be written.
    """
    pattern, spec = next(((n, s) for n, s in source.files.items() if is_pattern(n) and s.url is not None), (None, None))
    if pattern is None or spec is None or spec.url is None:
        raise BilateralError(f"{source.id}: expected a pattern with the url of an index in sources.yml (files)")
    intake = store.intake(source)
    end = _naive(now)
    wanted = [s for s in sorted(set(slots)) if s <= end and all(r.verdict == "failed" for r in intake.held(s))]
    if not wanted:
        return Taken()
    with client_factory(settings) as client:
        asker = _Asker(client, source, settings, policy or FetchPolicy(), sleep)
        try:
            listed = _index(asker, spec.url, pattern.lstrip("*"), wanted)
        except _Failure as failure:
            return Taken(
                (store.put_failed(source, now, f"index: {failure.reason}", origin="live", http={"index": failure.http}),)
            )
        receipts = tuple(_take_slot(store, asker, listed[s]) for s in wanted if s in listed)
    return Taken(receipts, gaps=tuple(s for s in wanted if listed and s not in listed and s < max(listed)))


def _index(asker: _Asker, url: str, suffix: str, wanted: list[datetime]) -> dict[datetime, IndexLine]:
    short = parse_index(asker.ask(url, asker.source.max_bytes, has_checksum=True).body or b"", suffix)
    newest = max(short, default=None)
    missing = [slot for slot in wanted if slot not in short and (newest is None or slot < newest)]
    if not missing:
        return short
    master = urljoin(url, "masterfilelist.txt")
    for listed in _master(asker, master, suffix, None if newest is None else (newest - missing[0]) // SLOT):
        if listed and min(listed) <= missing[0]:
            break
    return listed | short


def _master(asker: _Asker, url: str, suffix: str, n_slots: int | None) -> Iterator[dict[datetime, IndexLine]]:
    """The end of the master list that should reach ``n_slots`` back, then, if that was asked for and not enough, all of it."""
    if n_slots is not None:
        n_bytes = (n_slots + 96) * _INDEX_LINES_PER_SLOT * _INDEX_LINE_BYTES
        answer = asker.ask(url, _MAX_INDEX_BYTES, {"range": f"bytes=-{n_bytes}"}, has_checksum=True)
        body = answer.body or b""
        if answer.http.status == 200:
            yield parse_index(body, suffix)
            return
        # The first line of an end is cut, and a cut size is a wrong one.
        yield parse_index(body[body.find(b"\n") + 1 :], suffix)
    yield parse_index(asker.ask(url, _MAX_INDEX_BYTES, has_checksum=True).body or b"", suffix)


def _take_slot(store: RawStore, asker: _Asker, line: IndexLine) -> Receipt:
    name = line.url.rpartition("/")[2]
    http = {name: Http(line.url)}
    try:
        if line.n_bytes > asker.source.max_bytes:
            raise BilateralError(f"{name}: {line.n_bytes:,} bytes by the index, more than max_bytes in sources.yml")
        answer = asker.ask(line.url, asker.source.max_bytes, has_checksum=True)
        http = {name: answer.http}
        packed = answer.body or b""
        md5 = hashlib.md5(packed, usedforsecurity=False).hexdigest()
        if len(packed) != line.n_bytes or md5 != line.md5:
            raise BilateralError(
                f"{name}: not the file of the index: {len(packed):,} bytes with MD5 {md5},"
                f" where the index says {line.n_bytes:,} bytes with {line.md5}"
            )
        members = unzip(packed, asker.source.max_bytes, name)
    except _Failure as failure:
        return store.put_failed(asker.source, line.slot, f"{name}: {failure.reason}", origin="live", http={name: failure.http})
    except BilateralError as error:
        return store.put_failed(asker.source, line.slot, str(error), origin="live", http=http)
    return store.put(asker.source, line.slot, members, origin="live", http=dict.fromkeys(members, answer.http))
