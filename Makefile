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
	@sh tools/servers.sh
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto

# What takes long: hundreds of edits and kills. SEED=N chooses others.
soak: $(VENV)/.tests
	$(BIN)/pytest -n auto tests/soak/*.py
	BYLINE_SOAK=1 $(BIN)/pytest tests/publish/test_depots.py tests/publish/test_branch.py

fix: $(VENV)/.tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.tests: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --group test
	touch $@
