# Fortnight. Bare `make` says what there is to make.

GO    ?= go
ARGS  ?=
TOOL  := $(GO) tool -modfile=tools/go.mod
VERSION = $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint vet unit promises build image bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## a real digest from generated traffic to a built-in inbox: sets up what is missing, then `fortnight demo` (ARGS="--once --out out")
	@$(GO) run ./internal/setup postgres
	@$(GO) build -buildvcs=false -o bin/fortnight ./cmd/fortnight
	@exec bin/fortnight demo $(ARGS)

test: ## every check, as CI runs it: sets up what is missing, then format, vet, lint and all tests
	@$(GO) mod download -modfile=tools/go.mod & $(GO) run ./internal/setup postgres chromium poppler compiler && wait
	@$(MAKE) --no-print-directory check vet lint unit

check: ## does gofumpt agree with every file?
	@unformatted=$$($(TOOL) gofumpt -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then echo "not formatted (make format mends it):"; echo "$$unformatted"; exit 1; fi

format: ## lets gofumpt format every file
	$(TOOL) gofumpt -w .

vet: ## go vet
	$(GO) vet ./...

lint: ## golangci-lint, with the fences between the packages
	$(TOOL) golangci-lint run

unit: ## all tests, with the race detector, in random order; six at a time, as the promises of delivery mostly wait
	$(GO) test -race -shuffle=on -parallel=6 -timeout=60m ./...

promises: SHELL := bash -o pipefail
promises: ## the tests of the sender's promises alone, with a line of figures each
	@$(GO) run ./internal/setup postgres
	@$(GO) test -count=1 -parallel=6 -v -run='^TestPromise' ./cmd/fortnight/ ./scheduler/ | grep -E 'figures: |^ *--- |^(ok|FAIL|panic)'

build: ## bin/fortnight, static
	CGO_ENABLED=0 $(GO) build -buildvcs=false -trimpath -ldflags='-s -w -X main.version=$(VERSION)' -o bin/fortnight ./cmd/fortnight

image: ## the container image fortnight:latest
	docker build --build-arg VERSION=$(VERSION) --tag fortnight:latest .

bench: ## the benchmarks of docs/performance.md
	@$(GO) run ./internal/setup postgres postfix
	$(GO) test -run='^$$' -bench=. -benchmem ./...

clean: ## removes what the other targets made
	rm -rf bin out
