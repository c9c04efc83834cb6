# Each target calls one script in tools/; they need Python 3.10 to 3.13 only.
PYTHON ?= python3
export ADDON K DATA TESTS PYTEST_ARGS HTTP_PORT NAME SIZE TABLE DB FROM TO ONLY FACTOR COMPANY KEEP

.PHONY: run stop test lint format bench stories screenshots forms ledger replay i18n clean help

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

run: ## set everything up, start the product with demo data, print where it is
	@$(PYTHON) -m tools.run

stop: ## stop what 'make run' started
	@$(PYTHON) -m tools.stop

test: ## set up, lint, all tests; ADDON=, K=, TESTS= run a part
	@$(PYTHON) -m tools.test

lint: ## only the checks of the source
	@$(PYTHON) -m tools.lint

format: ## let the formatters repair what lint finds
	@$(PYTHON) -m tools.lint --fix

bench: ## measure speed against floors; NAME=, SIZE=, TABLE=docs/speed.md; writes bench.json
	@$(PYTHON) -m tools.bench

stories: ## requirement id -> the tests that show it; lists what nothing shows
	@$(PYTHON) -m tools.stories

screenshots: ## pictures of every screen of the running product
	@$(PYTHON) -m tools.screenshots

forms: ## every printed form of the demo as PDF and pictures, into build/forms
	@$(PYTHON) -m tools.forms

replay: ## play past nights on a copy: DB= or DATA=cj, FROM=, TO=, FACTOR=, ONLY=recession
	@$(PYTHON) -m tools.replay

ledger: ## verify the order ledger of the database; DO=rebuild derives it anew
	@$(PYTHON) -m tools.ledger $(DO) $(if $(DATABASE),--database $(DATABASE))

i18n: ## export the addons' terms, bring their translations (i18n/*.po) up to date
	@$(PYTHON) -m tools.i18n

clean: ## remove the cache folder with all its databases (asks first)
	@$(PYTHON) -m tools.clean
