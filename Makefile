# make book    build the book into _build/html          make lab     open the notebooks in JupyterLab
# make test    check everything                          make serve   show the book, and every change of it
# make test-quick   the form of the code, its types, the formulas: in a minute
# make types   check the types of the package alone      make format  put the code into its form
# make bench   measure the speed of the models           make clean   remove all that make has made
# make mutants   change formulas one at a time: do the tests see it?
# make notebooks   run the notebooks and store their outputs
# make lectures  speak the lectures; their videos and papers (needs ffmpeg and Chromium; an hour)
# make print   the book, each case and the lectures as PDF, and an EPUB (needs Chromium)
# make zip     the whole site as one zip, that opens from a folder and from any server
# make teach   teaching notes, handouts and keys, into the folder TO (outside the site)
# make present CASE=problem   one explorer over the whole screen, for a room
# make reproduce   build twice from nothing and compare      make interrupt   try to break a build
# make data    write the tables of the synthetic bank (they are made when first asked for, too)
# Any Python from 3.11 on will do: make PYTHON=python3.12 book
PYTHON ?= python3
BIN := .venv/bin
CHROMIUM ?= chromium-headless-shell
# Where teaching notes go, and which explorer is shown.
TO ?= _build/teach
CASE ?= problem
# Tests run in so many processes at once: many wait for a browser, so more than there are cores.
WORKERS ?= 3
# Python compiles what it imports, once: to compile all that is installed takes a minute. Some
# containers ask that nothing be kept of it: then each process spends seconds on it again.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-compile
LOCKED := $(PIP) --require-hashes
# A test run that hangs is ended (where the system has timeout).
LIMIT := $(if $(shell command -v timeout),timeout 55m)
.PHONY: book test test-quick types collected format lab lectures print zip teach present serve bench \
  mutants reproduce interrupt notebooks data clean
.DELETE_ON_ERROR:

# What has changed is built beside the site, which is exchanged at the end: until then, and after a
# build that fails, the last good one stays. WHOLE=1: an error if anything could not be fetched.
book: .venv/.made
	$(BIN)/python -m casebook.web.build.site $(if $(WHOLE),--whole)
	@echo "The book is built. Open file://$(CURDIR)/_build/html/index.html or run: make serve"

# What a developer asks after each change: the form of the code, its types, the formulas.
test-quick: .venv/.made-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(LIMIT) $(BIN)/pytest -q -x -n 2 -p no:nbval -o addopts="" --hypothesis-profile=quick \
	  tests/test_conventions.py tests/formulas tests/publish/test_supply.py tests/book/test_launch.py

# The tests take what the models find from the build; one of them finds it out again and compares.
test: .venv/.made-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(MAKE) -j3 types collected book
	@command -v $(CHROMIUM) >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || \
	  { apt-get update -qq && apt-get install -qq -y --no-install-recommends $(CHROMIUM) >/dev/null; } || \
	  echo "Chromium could not be installed: apt install $(CHROMIUM), or set CHROMIUM to its path"
	CASEBOOK_FINDINGS=$(CURDIR)/_build/parts/findings \
	  $(LIMIT) $(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# What pytest makes of all test files, once: a build leaves a core idle now and then. What is wrong
# with one is said when they run.
collected: .venv/.made-tests
	@$(BIN)/pytest --collect-only --quiet >/dev/null 2>&1 || true

types: .venv/.made-tests
	$(BIN)/mypy

format: .venv/.made-tests
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

lab: .venv/.made-lab
	$(BIN)/jupyter lab notebooks

# The book takes what is there when it is built: pages link to no video that is not.
lectures: .venv/.made-lectures book
	$(BIN)/python -m casebook.web.lectures.make voice all
	$(BIN)/python -m casebook.web.lectures.make papers all
	$(BIN)/python -m casebook.web.lectures.make video all
	$(MAKE) book

teach: .venv/.made
	$(BIN)/python -m casebook.teach.notes $(TO)

# The book, each case and the lectures as PDF, and an EPUB (needs Chromium; EPUBCheck needs Java).
print: .venv/.made-tests book
	$(BIN)/python -m casebook.web.print.make _build/html _build/print
	$(MAKE) book

# The site as it is, so the last thing to be made; then the site leads to it.
zip: book
	$(BIN)/python -m casebook.web.offline.archive _build/html
	$(MAKE) book

present: book
	$(BIN)/python -m casebook.web.present $(CASE)

serve: .venv/.made
	$(BIN)/python -m casebook.web.serve $(PORT)

# Formulas changed one at a time: is each change seen?
mutants: .venv/.made-tests
	$(BIN)/python -m benchmarks.mutation

bench: .venv/.made-tests
	$(BIN)/python -m benchmarks

# Two builds, each from nothing in a folder of its own: are all files the same?
reproduce: .venv/.made
	$(BIN)/python -m tests.publish.reproduce

# Builds that are ended, that have no disk left, no network, a broken page: is the site as it was?
interrupt: book
	$(BIN)/python -m tests.publish.interrupt

notebooks: .venv/.made
	$(BIN)/python -m casebook.web.build.notebooks $(wildcard notebooks/*.ipynb)

data: .venv/.made
	$(BIN)/python -m casebook.bank.generate

clean:
	rm -rf _build .venv dist .pytest_cache .ruff_cache .mypy_cache .hypothesis data/portfolio/*.csv data/portfolio/truth

# The steps above share these; each leaves a mark, so that nothing is done twice.
.venv/.made: locks/book.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || \
	  { echo "There is no $(PYTHON) here: make PYTHON=python3.12 (or another, from 3.11 on)"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 (or a newer one)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(LOCKED) --only-binary=:all: -r locks/book.txt
	$(PIP) --no-build-isolation --editable .
	@touch $@

.venv/.made-lectures: .venv/.made-tests locks/lectures.txt
	$(LOCKED) -r locks/lectures.txt
	@touch $@

.venv/.made-lab: .venv/.made .binder/requirements.txt
	$(LOCKED) --only-binary=:all: -r .binder/requirements.txt
	@touch $@

.venv/.made-tests: .venv/.made locks/tests.txt
	$(LOCKED) --only-binary=:all: -r locks/tests.txt
	@touch $@
