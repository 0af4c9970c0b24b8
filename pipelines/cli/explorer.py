"""``bilateral explore``: a page on this machine to look into the published file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NoReturn

from pipelines.explore.opened import opened
from pipelines.explore.serve import serve

if TYPE_CHECKING:
    from pipelines.settings import Settings


def explore(settings: Settings, port: int, *, browse: bool) -> NoReturn:
    """Serve the page until Ctrl-C."""
    # what is wrong with the file is said here, before a page opens
    with opened(settings.published).cursor():
        pass

    def tell(address: str) -> None:
        print(f"The explorer is on {address}")
        print("The address holds a key: who has it can read the file through it. Ctrl-C ends it.", flush=True)

    try:
        serve(settings, port, tell, browse=browse)
    except KeyboardInterrupt:
        # this is how it ends; nothing was under way that could be lost
        print("\nThe explorer has ended.", flush=True)
    # pages that were open have threads in marimo that wait for them to come back, for minutes; there is nothing to wait for
    os._exit(0)
