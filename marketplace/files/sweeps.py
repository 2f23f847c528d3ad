"""What the worker clears away: contents of files that nobody finished keeping."""

from __future__ import annotations

import logging

from marketplace.files.actions import sweep_orphans
from marketplace.jobs import every

log = logging.getLogger(__name__)


@every(seconds=600)  # looking through the folder takes long once it is large
def clear_orphans() -> int:
    """Take away contents that no row names; how many there were."""
    gone = sweep_orphans()
    if gone:
        log.info("%s orphaned files taken away", gone)
    return gone
