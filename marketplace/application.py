"""The application: settings in, a Flask app out."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from marketplace import settings as settings_module
from marketplace.database import db, prepare_engine
from marketplace.settings import Settings
from marketplace.web.page import undeclared_views
from marketplace.web.setup import setup

ROOT = Path(__file__).resolve().parent.parent
SLICES = (
    "web",
    "accounts",
    "files",
    "codes",
    "taxonomy",
    "programmes",
    "ledger",
    "companies",
    "experts",
    "matching",
    "rounds",
    "mentorships",
    "visits",
    "payments",
    "outcomes",
    "completion",
    "replacement",
    "course",
    "messages",
    "cards",
    "reporting",
    "imports",
)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the site. Raises RuntimeError when a view does not declare its access."""
    settings = settings or Settings()
    settings_module.use(settings)
    app = Flask("marketplace", root_path=str(ROOT), instance_path=str(ROOT / "instance"))
    app.config.update(_configuration(settings))
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    if settings.sqlite_path is not None:
        settings.sqlite_path.parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    setup(app)
    for name in SLICES:
        views = import_module(f"marketplace.{name}.views")
        for blueprint in views.blueprints:
            app.register_blueprint(blueprint)
        if find_spec(f"marketplace.{name}.sweeps"):
            import_module(f"marketplace.{name}.sweeps")  # registers what the worker does at each round
    import_module("marketplace.accounts.sessions").init_app(app)
    import_module("marketplace.cli").init_app(app)
    import_module("marketplace.jobs.broker").announce_over(settings.broker_url)
    if undeclared := undeclared_views(app):
        raise RuntimeError(f"views without a declared access: {', '.join(undeclared)}")
    return app


def _configuration(settings: Settings) -> dict[str, Any]:
    address = urlsplit(settings.base_url)
    host = address.hostname or "localhost"
    options: dict[str, Any] = {"connect_args": {"timeout": 30, "check_same_thread": False}}
    if not settings.database_url.startswith("sqlite"):
        options = {"pool_pre_ping": True, "pool_size": 10, "max_overflow": 20}
    return {
        "SECRET_KEY": settings.secret_key,
        "SETTINGS": settings,
        "SQLALCHEMY_ENGINES": {"default": {"url": absolute_url(settings.database_url), **options}},
        "TRUSTED_HOSTS": sorted(
            {host, "127.0.0.1", "localhost"} if settings.mode != "production" else {host}
        ),
        "MAX_CONTENT_LENGTH": _largest_body(settings) * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "SEND_FILE_MAX_AGE_DEFAULT": 300,  # seconds
        "SESSION_COOKIE_NAME": "session",
        "SESSION_COOKIE_SECURE": settings.mode == "production",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_I18N_ENABLED": True,
        "TESTING": settings.mode == "test",
    }


def _largest_body(settings: Settings) -> int:
    """Megabytes; a file just above its own limit still arrives, so that it is answered with a sentence."""
    return max(settings.upload_limit_mb, settings.file_limit_mb + 1)


def absolute_url(url: str) -> str:
    """A relative SQLite path counts from the project, not from wherever the command was started."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith("sqlite:////") and url != "sqlite:///:memory:":
        return f"{prefix}{ROOT / url.removeprefix(prefix)}"
    return url
