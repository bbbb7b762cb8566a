# The commands of this project. Each first installs what it lacks (scripts/install), and nothing twice.
.PHONY: help publish test check lock clean
export PYTHON UPGRADE

# Homebrew's libraries stand where no Python looks for them; other systems take no notice of this.
homebrew := DYLD_FALLBACK_LIBRARY_PATH=/opt/homebrew/lib:/usr/local/lib:/usr/lib

help: ## Show these commands
	@sed -n 's/^\([a-z]*\):.*## /    make \1\t/p' Makefile | expand -t 22

publish: ## Make all editions of the articles in source/, prove them, and release them into output/
	@scripts/install publish
	@$(homebrew) .venv/bin/publish build

test: ## Run every test, with the real validators (epubcheck, Ace, axe, Nu, veraPDF) and a browser
	@scripts/install test
	PATH="$$PATH:/usr/sbin:/sbin" PUBLISH_REQUIRE_TOOLS=1 .venv/bin/python -m pytest -n 2 --dist loadfile

check: ## Run ruff, mypy and the fast tests
	@scripts/install check
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	$(homebrew) .venv/bin/python -m pytest -q -n 2 -m "not slow and not tools"

lock: ## Bring the lock files in line; UPGRADE=1 takes the newest versions
	@scripts/install check
	scripts/lock

clean: ## Remove everything that was installed here; releases in output/ stay
	rm -rf .venv tests/tools/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -prune -exec rm -r {} +
