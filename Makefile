# Two commands do all the set-up: `make demo` and `make test`. The others build on them.
PY := .venv/bin/python
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard marketplace/translations/*/LC_MESSAGES/messages.po))
DEMO := MARKETPLACE_MODE=demo MARKETPLACE_STAFF_TOTP=off MARKETPLACE_MAIL=outbox \
	MARKETPLACE_DATABASE_URL=sqlite:///instance/demo.sqlite3 MARKETPLACE_FILES_FOLDER=instance/demo-files \
	MARKETPLACE_SECRET_KEY=only-for-the-demo-on-this-machine-1
PORT ?= 5000

.PHONY: demo test check bench broker pins catalogues clean-demo

demo: .venv/run catalogues  ## a believable world on http://127.0.0.1:5000, with one sign-in per role
	$(DEMO) MARKETPLACE_BASE_URL=http://127.0.0.1:$(PORT) .venv/bin/flask demo --port $(PORT)

clean-demo:  ## forget the demo's world; the next `make demo` builds it anew
	rm -f instance/demo.sqlite3*
	rm -rf instance/demo-files

test: .venv/dev catalogues system  ## the whole suite, on SQLite and PostgreSQL, with a real browser
	$(PY) -m pytest -n 2 --dist loadgroup

check: .venv/dev  ## style, types, and the rules of the house
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) -m pytest -q -n 0 --noconftest tests/architecture/test_structure.py

bench: .venv/dev catalogues  ## quality, time and memory beside peers; the race for the last place
	$(PY) -m bench.quality
	$(PY) -m bench.engine
	$(PY) -m bench.batches
	$(PY) -m bench.assignment
	$(PY) -m bench.race --trials 200

.PHONY: system
system:  ## what the tests need of Debian: a browser, fonts, PostgreSQL, Redis
	sh scripts/system.sh

.venv/run: requirements/run.txt scripts/venv.sh
	sh scripts/venv.sh requirements/run.txt
	touch $@

.venv/dev: requirements/dev.txt scripts/venv.sh
	sh scripts/venv.sh requirements/dev.txt
	touch .venv/run $@

broker: .venv/broker  ## what a site with MARKETPLACE_BROKER_URL needs besides: Celery and the client of Redis

.venv/broker: requirements/broker.txt scripts/venv.sh
	sh scripts/venv.sh requirements/broker.txt
	touch .venv/run $@

catalogues: $(CATALOGUES)

%.mo: %.po | .venv/run
	.venv/bin/pybabel --quiet compile --input-file $< --output-file $@

pins:  ## resolve the dependencies anew
	uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements/run.txt
	uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 --extra broker pyproject.toml -o requirements/broker.txt
	uv pip compile -q --upgrade --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements/dev.txt
