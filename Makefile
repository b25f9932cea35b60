# `make` says what can be made. Needed beforehand: Python 3.11 and make.
PYTHON ?= python3.11
BIN := .venv/bin
UV := VIRTUAL_ENV=.venv $(BIN)/uv
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard talent/translations/*/LC_MESSAGES/*.po))
STYLES := $(sort $(wildcard static/css/parts/*.css))
STATIC := $(shell find static -type f ! -name '*.gz' ! -name '*.br')
KEYWORDS := -k N_ -k _l -k lazy_gettext -k lazy_ngettext:1,2
HTMX := 2.0.11
NOBLE := 3.2.0

.DEFAULT_GOAL := help
.PHONY: help run demo test test-quick test-whole test-long looks test-all bench optimiser check fix translations css vendor clean sbom formulas screens tasks attack

help: ## say what can be made
	@echo "make run           start Talent and open it at http://localhost:8000 (PORT=8001 for another port)"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | grep -vE '^(run|help):' \
	  | sed -E 's/^([a-z-]+):.*## (.*)/\1	\2/' | while IFS='	' read -r name said; do printf 'make %-13s %s\n' "$$name" "$$said"; done

run: .venv/runtime $(CATALOGUES) .venv/static ## start Talent on this machine
	@TALENT_ENV=$${TALENT_ENV:-local} exec $(BIN)/flask serve

demo: .venv/runtime $(CATALOGUES) ## make the demonstration in an empty database, start nothing
	@TALENT_ENV=$${TALENT_ENV:-local} exec $(BIN)/flask prepare

test: .venv/dev $(CATALOGUES) .venv/static ## the suite on SQLite, processes on PostgreSQL, and the story in a browser
	@exec $(BIN)/python tests/run.py

test-whole: .venv/dev $(CATALOGUES) .venv/static ## the whole suite on both databases, and each page in a browser
	@exec $(BIN)/python tests/run.py --all

test-quick: .venv/dev $(CATALOGUES) ## the suite on SQLite alone (T=tests/messages for a part)
	@exec $(BIN)/python tests/run.py --quick $(T)

test-long: .venv/dev $(CATALOGUES) ## races and random histories of shifts, some 10 minutes a database (LONG_SECONDS=60 for a short one)
	@exec $(BIN)/python tests/run.py --long

looks: .venv/dev $(CATALOGUES) .venv/static ## every page x role x language x light and type, filled, empty, refused, swapped in (half an hour to an hour)
	@exec $(BIN)/python tests/run.py --looks

test-deploy: .venv/dev $(CATALOGUES) .venv/static ## the release before beside this one, on the new tables of one PostgreSQL (needs the history)
	@exec $(BIN)/python tests/run.py --deploy

test-all: check test-whole test-long ## what a change must pass before it goes in

bench: .venv/dev $(CATALOGUES) .venv/static ## how fast it is, on both databases (B="--people 2000 --shifts 5000 --signups 50000" for a small one)
	@exec $(BIN)/python tests/load/bench.py $(B)

screens: .venv/dev $(CATALOGUES) .venv/static ## a picture of every page for every role, one sheet of them in build/screens (S="-k phone" for a part)
	@exec $(BIN)/python tests/screens.py $(S)

tasks: .venv/dev $(CATALOGUES) .venv/static ## steps and seconds of the core tasks, beside those of the last time (docs/tasks.md)
	@exec $(BIN)/python tests/tasks.py

formulas: .venv/dev ## no cell of an export runs in LibreOffice (apt-get install libreoffice-calc-nogui)
	@$(BIN)/python tests/formulas.py

attack: .venv/dev build/attack-venv/ready $(CATALOGUES) .venv/static ## scanners, slow connections and guesses against Talent on this machine, about an hour (ATTACK_MINUTES=40; A=--postgresql, A="--only wapiti")
	@$(BIN)/python tests/attack/attack.py $(A)

sbom: .venv/runtime ## what Talent is made of (CycloneDX), in build/sbom.json
	@mkdir -p build && $(BIN)/python tests/sbom.py > build/sbom.json && echo build/sbom.json

check: .venv/dev ## style, types, layers, templates
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --check --lint --quiet templates

fix: .venv/dev ## put right what a tool can put right
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	-$(BIN)/djlint --reformat --quiet templates

translations: .venv/dev ## collect new sentences into the catalogues, then compile them
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg $(KEYWORDS) --no-location --sort-output --project Talent -o build/messages.pot .
	$(BIN)/pybabel -q update -d talent/translations -i build/messages.pot --no-fuzzy-matching --ignore-obsolete --omit-header -w 100
	$(BIN)/pybabel -q compile -d talent/translations --statistics

css: static/css/talent.css ## join the parts of the style sheet, without what they say to us

static/css/talent.css: $(STYLES)
	@$(PYTHON) -c 'import re, sys; print(re.sub(r"/\*.*?\*/\n*", "", "".join(open(name, encoding="utf-8").read() for name in sys.argv[1:]), flags=re.S), end="")' $(STYLES) > $@

vendor: ## fetch htmx and noble-ed25519 anew (needs npm)
	@mkdir -p build/vendor
	cd build/vendor && npm pack --silent htmx.org@$(HTMX) && tar -xzf htmx.org-$(HTMX).tgz
	cp build/vendor/package/dist/htmx.min.js static/vendor/htmx.min.js
	cp build/vendor/package/LICENSE static/vendor/htmx.LICENSE.txt
	cd build/vendor && npm pack --silent @noble/ed25519@$(NOBLE) && tar -xzf noble-ed25519-$(NOBLE).tgz
	cp build/vendor/package/index.js static/vendor/noble-ed25519.js
	cp build/vendor/package/LICENSE static/vendor/noble-ed25519.LICENSE.txt

clean: ## remove what can be made again (never instance/, which is your data)
	rm -rf .venv build .mypy_cache .ruff_cache .hypothesis
	find static -name '*.gz' -delete -o -name '*.br' -delete
	find talent -name '*.mo' -delete

.venv/uv: requirements-uv.txt
	@command -v $(PYTHON) > /dev/null || { echo "Talent needs Python 3.11 ($(PYTHON) was not found)."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/runtime: .venv/uv requirements.txt
	@$(UV) pip install --quiet --require-hashes --compile-bytecode -r requirements.txt
	@touch $@

.venv/roster: .venv/runtime requirements-roster.txt
	@$(UV) pip install --quiet --require-hashes --compile-bytecode -r requirements-roster.txt
	@touch $@

build/attack-venv/ready: .venv/uv requirements-attack.txt
	@test -x build/attack-venv/bin/python || $(PYTHON) -m venv build/attack-venv
	@VIRTUAL_ENV=build/attack-venv $(BIN)/uv pip install --quiet --require-hashes -r requirements-attack.txt
	@touch $@

optimiser: .venv/roster ## install the optimiser of roster proposals (some 240 MB; without it they are made in one pass)

.venv/dev: .venv/runtime .venv/roster requirements-dev.txt
	@$(UV) pip install --quiet --require-hashes --compile-bytecode -r requirements.txt -r requirements-dev.txt
	@touch $@

%.mo: %.po | .venv/runtime
	@$(BIN)/pybabel -q compile -i $< -o $@

.venv/static: $(STATIC) | .venv/runtime
	@find static \( -name '*.gz' -o -name '*.br' \) -delete
	@$(BIN)/python -m whitenoise.compress --quiet static
	@touch $@
