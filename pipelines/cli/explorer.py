"""``bilateral explore``: a page on this machine to look into the published file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.explore.opened import opened
from pipelines.explore.serve import serve

if TYPE_CHECKING:
    from pipelines.settings import Settings


def explore(settings: Settings, port: int, *, browse: bool) -> int:
    """Serve the page until Ctrl-C."""
    with opened(settings.published).cursor():
        pass

    def tell(address: str) -> None:
        print(f"The explorer is on {address}")
        print("The address holds a key: who has it can read the file. Ctrl-C ends it; nothing is written.", flush=True)

    serve(settings, port, tell, browse=browse)
    return 0
