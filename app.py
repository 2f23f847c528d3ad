"""Found by ``flask`` on its own; everything is in ``marketplace.application``."""

from marketplace.application import create_app

__all__ = ["create_app"]
