# The same recipes for people and for CI. `make demo` and `make test` set up what they need on a fresh machine.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
unexport PYTHONDONTWRITEBYTECODE  # some images set it; the suite starts hundreds of processes, and each would compile everything anew

PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
DEBIAN := $(shell sed -e 's/\#.*//' requirements/debian.txt)
TESTS := $(BIN)/python -m pytest
SAY := say() { case "$${LC_ALL:-$${LC_MESSAGES:-$${LANG:-}}}" in en*|EN*) echo "$$2";; *) echo "$$1";; esac; }; say  # as tanheng chooses its language
SPREAD := -n 2 --dist loadfile --no-loadscope-reorder  # tests/conftest.py puts the long files first

.PHONY: help setup demo test test-fast test-long check format bench docs lock wheel clean
.DEFAULT_GOAL := help

help: ## 列出各项 | show the recipes
	@pick=$$($(SAY) 's/ \| .*//' 's/\t.* \| /\t/'); \
	grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E -e 's/:.*## /\t/' -e "$$pick" | expand -t 14

# -- setting up -------------------------------------------------------------------------------------------------------

setup: $(VENV)/.ready $(VENV)/.assets $(VENV)/.debian ## 把一切装入 .venv，构建网页；以 root 运行时也安装 Debian 软件包 | install everything into .venv, build assets; as root also Debian packages

$(VENV)/.ready: requirements/dev.lock requirements/uv.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and f"Tanheng needs Python 3.11 or later; {sys.executable} is {sys.version.split()[0]}. Set PYTHON=/path/to/python3.11.")'
	@$(SAY) "安装 Python 软件包到 $(VENV)（一两分钟）…" "Installing Python packages into $(VENV) (a minute or two) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.lock requirements/uv.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.assets: $(VENV)/.ready package.json package-lock.json $(shell find web src/tanheng/platform/locale -type f -not -name '*.mo' 2>/dev/null)
	@command -v npm >/dev/null || { { $(SAY) "碳衡用 Node.js 20 或更新版本和 npm 构建网页和字体；请安装（Debian：apt-get install nodejs npm）。" "Tanheng builds its pages and fonts with Node.js 20 or later and npm; install them (Debian: apt-get install nodejs npm)."; } >&2; exit 1; }
	@$(SAY) "构建网页…" "Building the pages …"
	@npm ci --no-audit --no-fund --silent
	@npm run --silent build
	@$(BIN)/pybabel -q compile -D django -d src/tanheng/platform/locale
	@touch $@

$(VENV)/.debian: requirements/debian.txt | $(VENV)/.ready
	@missing=$$(for name in $(DEBIAN); do dpkg-query -W -f='$${Status}' $$name 2>/dev/null | grep -q 'ok installed' || echo -n " $$name"; done); \
	if [ -z "$$missing" ]; then touch $@; \
	elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null && touch $@; \
	else { $(SAY) "测试还需要只有 root 能安装的 Debian 软件包；请运行：sudo apt-get install$$missing" "The tests also need Debian packages that only root can install; run: sudo apt-get install$$missing"; } >&2; fi

# -- using ------------------------------------------------------------------------------------------------------------

demo: $(VENV)/.ready $(VENV)/.assets ## 核算两个示例，再启动带示例工厂的平台（Ctrl-C 停止） | account both examples, then start the platform with the example plant (Ctrl-C stops it)
	@$(BIN)/tanheng demo
	@exec $(BIN)/tanheng serve --demo examples/hubei-5000tpd --http --port $(PORT) --data data/demo

test: setup ## 通过全部测试；真实的数据库、浏览器、协议 | pass all tests; real database, browser, protocols
	$(TESTS) $(SPREAD) -m "not long" --ignore=tests/e2e --cov=tanheng.core --cov=tanheng.standards --cov=tanheng.formulas --cov=tanheng.accounting --cov-branch --cov-report=
	$(TESTS) $(SPREAD) -m "not long" tests/e2e  # apart: the browser's driver keeps an event loop running
	$(BIN)/coverage report --include='*/tanheng/core/*,*/tanheng/standards/*,*/tanheng/formulas/*,*/tanheng/accounting/*' --fail-under=95 --skip-covered
	for zone in America/New_York Asia/Kathmandu; do echo "TZ=$$zone"; TZ=$$zone $(TESTS) -q -n 2 tests/unit/core tests/unit/lake -m "not long"; done

test-fast: $(VENV)/.ready ## 日常所用的测试：不含浏览器和强行终止，不到 90 秒 | the tests to work with: no browser, no kills, under 90 s
	$(TESTS) -q $(SPREAD) -m "not long and not browser and not kill and not office and not go" tests/unit tests/reference tests/contract tests/architecture src

test-long: setup ## 长时间模糊测试、一千次强行终止、大数据；数字写入 docs/reference/test-runs.md | long fuzzing, a thousand kills, big data; figures go into docs/reference/test-runs.md
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements/long.lock
	$(TESTS) -m long --timeout=0 -o faulthandler_timeout=0 --durations=0
	$(TESTS) $(SPREAD) -m "not long" --hypothesis-profile=explore tests/unit tests/contract  # examples that no run has seen

check: $(VENV)/.ready $(VENV)/.assets ## 格式、规范、类型、依赖、规则包、文档 | format, lint, types, imports, standards, docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/tanheng standards check
	$(BIN)/mkdocs build --strict --quiet --site-dir build/site

format: $(VENV)/.ready ## 整理代码格式 | format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.ready ## 与同类并列的性能测量：目标、数字、比值 | measured work beside a peer: target, figure, ratio
	$(BIN)/python -m benchmarks

docs: $(VENV)/.ready ## 在 localhost 提供文档 | serve the documentation on localhost
	$(BIN)/mkdocs serve

# -- maintaining ------------------------------------------------------------------------------------------------------

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

lock: ## 重新解析锁定文件 | resolve the lock files anew
	$(LOCK) requirements/uv.in -o requirements/uv.lock
	$(LOCK) --all-extras --group dev pyproject.toml -o requirements/dev.lock
	$(LOCK) --group long -c requirements/dev.lock pyproject.toml -o requirements/long.lock

wheel: $(VENV)/.ready $(VENV)/.assets ## 构建发行用的 wheel，含网页资源和字体 | build the release wheel, with assets and fonts
	$(BIN)/python -m hatchling build -t wheel -d dist

clean: ## 删除所构建的一切 | remove what was built
	rm -rf $(VENV) node_modules build dist site .mypy_cache .ruff_cache .hypothesis
