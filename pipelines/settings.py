"""Settings: every one has a default, and is set by an environment variable ``BILATERAL_<NAME>``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "warehouse" / "sample"

Origin = Literal["sample", "live", "archive"]


class Settings(BaseSettings):
    """Where the data is and how it is fetched. All paths are made absolute."""

    model_config = SettingsConfigDict(env_prefix="BILATERAL_", extra="ignore", frozen=True)

    warehouse: Annotated[Path, Field(description="Folder of the data")] = ROOT / "warehouse"
    user_agent: Annotated[str | None, Field(description="Replaces the fetcher's honest default User-Agent")] = None
    contact: Annotated[
        str | None, Field(description="https:// or mailto: address in the User-Agent at which you can be reached")
    ] = None
    timeout_s: Annotated[float, Field(description="Time-out of a request, seconds", gt=0)] = 30.0
    max_tries: Annotated[int, Field(description="Tries per request", ge=1, le=10)] = 4
    backoff_s: Annotated[float, Field(description="First wait before a retry, seconds; doubles each time", ge=0)] = 1.0
    socrata: Annotated[
        Literal["api", "soda3", "bulk"],
        Field(description="How data sets of data.cdc.gov are asked for: pages of JSON, the same by SODA3, or one CSV"),
    ] = "api"
    socrata_token: Annotated[
        str | None, Field(description="Application token of data.cdc.gov; without one, requests share a pool", repr=False)
    ] = None
    feeds: Annotated[Path | None, Field(description="Table of feeds of your own, laid out as the project's feeds.csv")] = None
    actors: Annotated[
        Path | None, Field(description="Folder with actors and aliases of your own, in the layout of assets/actors/data")
    ] = None
    memory_limit: Annotated[str, Field(description="Memory limit of DuckDB while it builds and checks")] = "1GB"
    threads: Annotated[int, Field(description="Threads of DuckDB while it builds and checks", ge=1)] = 2
    wait_s: Annotated[float, Field(description="How long a refresh waits for another one on the same folder, seconds", ge=0)] = (
        3600.0
    )
    data_docs: Annotated[bool, Field(description="Write the results of the checks as a web page into data_docs/")] = True

    @field_validator("warehouse", "actors", "feeds")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return None if value is None else value.expanduser().resolve()

    @property
    def published(self) -> Path:
        """The published DuckDB file."""
        return self.warehouse / "bilateral.duckdb"

    @property
    def limits(self) -> dict[str, str | int]:
        """What DuckDB may take, as its own settings are called."""
        return {"memory_limit": self.memory_limit, "threads": self.threads}

    @property
    def dagster_home(self) -> Path:
        """Folder of Dagster's own storage."""
        return self.warehouse / "dagster"
