# Every command sets up what it needs; nothing but Python 3.11+ and make must be there before.
PYTHON ?= python3
BIN := .venv/bin
# Compiled code is kept: a start compiles for three seconds otherwise, and tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: demo test setup setup-dev setup-spark check quick fix run stop docs bench drill-money lock clean

demo: setup            ## build the rehearsal city and serve it
	$(BIN)/huiju demo

test: setup-dev        ## every test, in parallel; TESTS adds words for pytest
	$(BIN)/pytest -n 2 --dist worksteal $(TESTS); status=$$?; $(BIN)/python -m tests.stop; exit $$status

setup:                 ## what `make demo` does first
	@$(PYTHON) tools/setup.py run

setup-dev:             ## what `make test` does first
	@$(PYTHON) tools/setup.py dev

setup-spark:           ## add Spark, for `--engine spark` (half a gigabyte; needs Java 17)
	@$(PYTHON) tools/setup.py spark

check: setup-dev       ## what CI checks beside the tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet src
	$(BIN)/python tools/messages.py --check
	$(BIN)/python tools/reference.py --check
	DJANGO_SETTINGS_MODULE=huiju.config.settings_test $(BIN)/python -W ignore -m django makemigrations --check --dry-run

fix: setup-dev         ## let the tools mend what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

run: setup             ## serve the instance in ./var
	$(BIN)/huiju serve

stop:                  ## stop what `make demo` or `make run` left running
	$(BIN)/huiju stop

docs: setup-dev        ## write docs/reference from the code
	$(BIN)/python tools/reference.py

bench: setup-dev       ## ratios of design targets, measured in one run
	$(BIN)/python tools/bench.py

drill-money: setup-dev ## kill every flow of money at every statement; the last line is JSON
	$(BIN)/python -m tests.drills $(POINTS)

lock:                  ## renew requirements/*.txt from pyproject.toml
	$(BIN)/uv lock -q --upgrade
	$(BIN)/uv export -q --all-extras --no-extra spark --no-default-groups --no-emit-project --no-header -o requirements/run.txt
	$(BIN)/uv export -q --all-extras --no-extra spark --group test --group lint --no-emit-project --no-header -o requirements/dev.txt
	$(BIN)/uv export -q --only-group spark --no-emit-project --no-header -o requirements/spark.txt

clean:                 ## remove everything that was made
	-$(BIN)/huiju stop
	rm -rf .venv var node_modules src/huiju/ui/static/vendor
