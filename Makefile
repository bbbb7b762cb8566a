# The commands of this project. Each first installs what it lacks: scripts/install.
.PHONY: help publish test check lock clean
export PYTHON UPGRADE

help: ## Show these commands
	@sed -n 's/^\([a-z]*\):.*## /    make \1\t/p' Makefile | expand -t 22

publish: ## Make all editions of the articles in source/, prove them, and release them into output/
	@scripts/install publish
	@.venv/bin/publish build

test: ## Run every test, with the real validators (epubcheck, Ace, axe, Nu, veraPDF) and a browser
	@scripts/install test
	PUBLISH_REQUIRE_TOOLS=1 .venv/bin/python -m pytest -n 2 --dist loadfile

check: ## Run ruff, mypy and the fast tests
	@scripts/install check
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/python -m pytest -q -m "not slow and not tools"

lock: ## Bring the lock files in line; UPGRADE=1 takes the newest versions
	@scripts/install check
	scripts/lock

clean: ## Remove everything that was installed or built here
	rm -rf .venv output/* tests/tools/node_modules .pytest_cache .mypy_cache .ruff_cache
	find src tests -name __pycache__ -prune -exec rm -r {} +
