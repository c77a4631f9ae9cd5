# Two commands do everything: `make site` builds the example archive, `make test` runs all tests.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: site test soak fix clean

site: $(VENV)/.installed
	$(BIN)/byline build
	@echo "The example archive is in output/: open output/index.html, or run"
	@echo "  $(BIN)/python -m http.server --directory output 8000"

test: $(VENV)/.tests
	@sh tools/browser.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto

# Long sessions that no ordinary run of the tests has time for.
soak: $(VENV)/.tests
	$(BIN)/python tests/soak/preview.py --edits 500

fix: $(VENV)/.tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.tests: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group test
	touch $@
