# make book    build the book into _build/html          make lab     open the notebooks in JupyterLab
# make test    check everything                          make serve   show the built book on this machine
# make types   check the types of the package alone      make format  put the code into its form
# make bench   measure the speed of the models           make clean   remove all that make has made
# make notebooks   run the notebooks and store their outputs
# make slides  write the slides again, after a change of a notebook's text (make book has them too)
# make lectures  speak the lectures; their videos and papers (needs ffmpeg and Chromium; an hour)
# make teach   teaching notes, handouts and keys, into the folder TO (outside the site)
# make present CASE=problem   one explorer over the whole screen, for a room
# make data    write the tables of the synthetic bank (they are made when first asked for, too)
# Any Python from 3.11 on will do: make PYTHON=python3.12 book
PYTHON ?= python3
BIN := .venv/bin
SOURCES := _config.yml _toc.yml $(shell find book notebooks data casebook -type f \
	-not -path '*/__pycache__/*' -not -path 'data/portfolio/*.csv' -not -path '*/.ipynb_checkpoints/*' 2>/dev/null)
CHROMIUM ?= chromium
# Where teaching notes go, and which explorer is shown.
TO ?= _build/teach
CASE ?= problem
# Tests run in so many processes at once, each file in one of them.
WORKERS ?= 2
# A test run that hangs is ended (where the system has timeout).
LIMIT := $(if $(shell command -v timeout),timeout 55m)
# The slides take seconds; a model that hangs does not hold the site up for ever.
SLIDES := $(if $(LIMIT),timeout 5m) $(BIN)/python -m casebook.web.slides.page _build/html

.PHONY: book test types format lab slides lectures teach present serve bench notebooks data clean
.DELETE_ON_ERROR:

book: _build/.html-made
	@echo "The book is built. Open file://$(CURDIR)/_build/html/index.html or run: make serve"

test: .venv/.made-tests _build/.html-made
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	@command -v $(CHROMIUM) >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || \
	  { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } || \
	  echo "Chromium could not be installed: apt install chromium, or set CHROMIUM to its path"
	$(LIMIT) $(BIN)/pytest -n $(WORKERS) --dist loadfile

types: .venv/.made-tests
	$(BIN)/mypy

format: .venv/.made-tests
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

lab: .venv/.made
	$(BIN)/jupyter lab notebooks

slides: _build/.html-made
	$(SLIDES)
	@echo "The slides are made. Open one from its notebook's page, or from $(CURDIR)/_build/html/slides"

# The book takes what is there when it is built: pages link to no video that is not.
lectures: .venv/.made-lectures _build/.live-made _build/.stored-made
	$(BIN)/python -m casebook.web.lectures.make voice all
	$(BIN)/python -m casebook.web.lectures.make papers all
	$(BIN)/python -m casebook.web.lectures.make video all
	rm -f _build/.html-made
	$(MAKE) book

teach: .venv/.made
	$(BIN)/python -m casebook.teach.notes $(TO)

present: _build/.html-made
	$(BIN)/python -m casebook.web.present $(CASE)

serve: _build/.html-made
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

bench: .venv/.made-tests
	$(BIN)/python -m benchmarks

notebooks: .venv/.made
	$(BIN)/python -m casebook.web.build.notebooks $(wildcard notebooks/*.ipynb)

data: .venv/.made
	$(BIN)/python -m casebook.bank.generate

clean:
	rm -rf _build .venv dist .pytest_cache .ruff_cache .mypy_cache .hypothesis data/portfolio/*.csv data/portfolio/truth

# The steps above share these; each leaves a mark, so that nothing is done twice.
# The output is removed first: a page that was renamed must not live on, and warnings of
# unchanged pages must come again.
_build/.html-made: .venv/.made _build/.live-made _build/.stored-made _build/.lite-made $(SOURCES)
	rm -rf _build/html _build/.doctrees _build/jupyter_execute
	$(BIN)/jupyter-book build . --all -q -W -n --keep-going
	test ! -d _build/lite || cp -R _build/lite _build/html/lite
	$(SLIDES)
	$(BIN)/python -m casebook.web.build.forms _build/html
	$(BIN)/python -m casebook.web.explorer.embed _build/html
	@touch $@

_build/.scripts-made: .venv/.made package.json package-lock.json casebook/web/build/vendor.py
	$(BIN)/python -m casebook.web.build.vendor _build
	@touch $@

# Python for the reader's browser. PYODIDE names a folder that has its files, if there is one.
_build/.live-made: _build/.scripts-made $(filter casebook/% data/%,$(SOURCES))
	$(BIN)/python -m casebook.web.build.pyodide _build/static $(PYODIDE)
	@touch $@

# What each slider alone gives, for a reader's first move.
_build/.stored-made: .venv/.made $(filter casebook/% data/%,$(SOURCES))
	$(BIN)/python -m casebook.web.explorer.stored _build/static/stored
	@touch $@

# The notebooks, ready to run in the reader's browser; beside the pages once those are built.
_build/.lite-made: _build/.live-made pyproject.toml $(filter casebook/% data/% notebooks/%,$(SOURCES))
	$(BIN)/python -m casebook.web.lite.build _build
	@touch $@

.venv/.made: requirements.txt constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 (or a newer one)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.made-lectures: .venv/.made-tests requirements-lectures.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-lectures.txt
	@touch $@

.venv/.made-tests: .venv/.made tests/requirements.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	@touch $@
