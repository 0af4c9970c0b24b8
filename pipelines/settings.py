"""Settings: every one has a default, and is set by an environment variable ``BILATERAL_<NAME>``."""

import os
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "warehouse" / "record"

PRODUCT = "bilateral-relations-warehouse"
AGENT_BEGIN = "Mozilla/5.0 ("
"""OFAC's firewall answers 403 to user agents that do not begin so or are shorter than 40 characters (seen 2026-07-30)."""
AGENT_MIN = 40

PAIR = re.compile(r"([A-Z]{3})-(?!\1)([A-Z]{3})")
_NOT_IN_A_PATH = re.compile(r"[*?\[\]\x00-\x1f\x7f\ud800-\udfff]|%[0-9A-Fa-f]{2}")
"""DuckDB and Polars read the first four as a pattern of names, and Dagster opens its storage by an address, in which ``?`` and
``%20`` mean something else. No line of a log holds the control characters; surrogates stand for bytes that are no UTF-8."""
_LONGEST_PATH = 400
"""Bytes: SQLite opens no file whose path has more than 512."""


def _matching(pattern: str, expected: str) -> AfterValidator:
    """A text (None passes) of which all fits a pattern; else the error names what is ``expected``."""

    def checked(text: str | None) -> str | None:
        if text is not None and re.fullmatch(pattern, text) is None:
            raise ValueError(f"expected {expected}")
        return text

    return AfterValidator(checked)


def _honest(agent: str | None) -> str | None:
    begins = agent is not None and agent.startswith(AGENT_BEGIN)
    says_who = agent is not None and (agent.startswith(f"{AGENT_BEGIN}compatible; ") or PRODUCT in agent)
    if agent is None or (begins and says_who and len(agent) >= AGENT_MIN and agent.isascii() and agent.isprintable()):
        return agent
    raise ValueError(
        f"expected '{AGENT_BEGIN}compatible; ' and who asks, or '{AGENT_BEGIN}' and what a browser says with {PRODUCT!r} "
        f"in it (state.gov takes no other): at least {AGENT_MIN} plain characters"
    )


def _all_or_pairs(text: str) -> str:
    if text.strip() != "all" and any(PAIR.fullmatch(pair.strip()) is None for pair in text.split(",")):
        raise ValueError("expected all, or pairs of states such as USA-CHN,USA-RUS")
    return text


def _of_all_libraries(path: Path) -> Path:
    if (found := _NOT_IN_A_PATH.search(str(path))) is not None:
        raise ValueError(f"expected a path without * ? [ ], %20 and control characters, in UTF-8: it has {found[0]!a}")
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise ValueError(f"expected a path of at most {_LONGEST_PATH} bytes, as SQLite opens no longer one")
    return path


Absolute = Annotated[Path, AfterValidator(lambda path: path.expanduser().resolve())]


class FetchSettings(BaseModel):
    """How the live fetcher behaves; times in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: Annotated[
        str | None,
        _matching(r"(?:https?://|mailto:)[!-:<-~]+", "an address as https://... or mailto:..."),
        Field(description="https:// or mailto: address in the User-Agent at which you can be reached"),
    ] = None
    user_agent: Annotated[
        str | None, AfterValidator(_honest), Field(description="Replaces the fetcher's honest default User-Agent")
    ] = None
    timeout_s: Annotated[float, Field(description="Time-out of a connection and of a pause within an answer", gt=0)] = 30.0
    deadline_s: Annotated[
        float, Field(description="For one file, all tries, from the connection to the last byte; for the pages of a feed", gt=0)
    ] = 600.0
    visit_s: Annotated[
        float, Field(description="For all files of one source in one run; what is left then is for the next run", gt=0)
    ] = 21_600.0
    max_tries: Annotated[int, Field(description="Tries per request", ge=1, le=10)] = 4
    backoff_s: Annotated[float, Field(description="First wait before a retry; doubles each time, varies by half", ge=0)] = 1.0
    max_wait_s: Annotated[
        float, Field(description="Longest wait; a server that asks for a longer one is left alone until the next run", gt=0)
    ] = 120.0
    max_redirects: Annotated[int, Field(description="Redirects followed for one answer", ge=0, le=20)] = 5
    socrata: Annotated[
        Literal["api", "soda3", "bulk"],
        Field(description="How data sets of data.cdc.gov are asked for: pages of JSON, the same by SODA3, or one CSV"),
    ] = "api"
    socrata_token: Annotated[
        str | None, Field(description="Application token of data.cdc.gov; without one, requests share a pool", repr=False)
    ] = None
    census_key: Annotated[
        str | None,
        Field(description="Key of api.census.gov, which answers no query without one (free, from the Bureau)", repr=False),
    ] = None
    feeds: Annotated[Absolute | None, Field(description="Table of feeds of your own, laid out as the project's feeds.csv")] = None
    feed_pause_s: Annotated[
        float, Field(description="Pause between two requests to a host of a feed whose robots.txt asks for none", ge=0)
    ] = 1.0

    @property
    def agent(self) -> str:
        """The user agent that is sent."""
        if self.user_agent is not None:
            return self.user_agent
        return f"{AGENT_BEGIN}compatible; {PRODUCT}" + (")" if self.contact is None else f"; +{self.contact})")


class Settings(FetchSettings, BaseSettings):
    """Where the data is and how it is fetched. All paths are made absolute."""

    model_config = SettingsConfigDict(env_prefix="BILATERAL_", env_ignore_empty=True, extra="ignore", frozen=True)

    warehouse: Annotated[Absolute, AfterValidator(_of_all_libraries), Field(description="Folder of the data")] = (
        ROOT / "warehouse"
    )
    actors: Annotated[
        Absolute | None, Field(description="Folder with actors and aliases of your own, in the layout of assets/actors/data")
    ] = None
    memory_limit: Annotated[str, Field(description="Memory limit of DuckDB while it builds and checks")] = "400MB"
    threads: Annotated[int, Field(description="Threads of DuckDB while it builds and checks", ge=1)] = 2
    wait_s: Annotated[float, Field(description="How long a refresh waits for another one on the same folder, seconds", ge=0)] = (
        3600.0
    )
    executor: Annotated[
        Literal["in_process", "multiprocess", "dask"],
        Field(description="Where Dagster runs the steps: in_process, multiprocess, or dask: a cluster that is there already"),
    ] = "in_process"
    dask: Annotated[
        str | None,
        _matching(r"(?:tcp|tls)://\S+:\d+", "the address of a scheduler: tcp://host:8786 or tls://host:8786"),
        Field(description="Scheduler of that Dask cluster: tcp://host:8786"),
    ] = None
    data_docs: Annotated[bool, Field(description="Write the results of the checks as a web page into data_docs/")] = True

    single_events: Annotated[
        str,
        AfterValidator(_all_or_pairs),
        Field(
            description="Pairs of states, with commas, of which single events of GDELT are kept: of all others days alone are"
            " published; all: of every pair"
        ),
    ] = "all"

    alert_urls: Annotated[
        str, Field(description="Addresses of apprise with blanks between, to which alerts are sent; empty: none", repr=False)
    ] = ""
    watch: Annotated[
        str,
        Field(description="Names with semicolons between, of which each publication's news is an alert: a pair, an id, a part"),
    ] = ""

    @model_validator(mode="after")
    def _dask_has_a_scheduler(self) -> Self:
        if self.executor == "dask" and self.dask is None:
            raise ValueError("BILATERAL_EXECUTOR=dask needs the address of a scheduler in BILATERAL_DASK")
        return self

    @property
    def fetch(self) -> FetchSettings:
        """What of these the live fetcher sees."""
        return FetchSettings(**{name: getattr(self, name) for name in FetchSettings.model_fields})

    @property
    def published(self) -> Path:
        """The published DuckDB file."""
        return self.warehouse / "bilateral.duckdb"

    @property
    def single_event_pairs(self) -> list[tuple[str, str]] | None:
        """The pairs of states of which single events of GDELT are published; None where of all."""
        return None if self.single_events.strip() == "all" else PAIR.findall(self.single_events)

    @property
    def watched(self) -> list[str]:
        """The names that are watched."""
        return [name.strip() for name in self.watch.split(";") if name.strip()]

    @property
    def heartbeat(self) -> Path:
        """By which an outside monitor sees that refreshes run."""
        return self.warehouse / "heartbeat.json"

    @property
    def feed(self) -> Path:
        """The feed of changes, renewed with each publication."""
        return self.warehouse / "changes.atom"

    @property
    def limits(self) -> dict[str, str | int]:
        """What DuckDB may take, as its own settings are called."""
        return {"memory_limit": self.memory_limit, "threads": self.threads}
