.DEFAULT_GOAL := help
.PHONY: help run test test-unit check lint fix generate generate-check openapi-lint openapi-diff browser load chaos bench-import vuln tools docker

tool := go tool -modfile=tools/go.mod
base ?= origin/main
rows ?= 1000000

help: ## Tell what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Serve the API as a sandbox, on an embedded database in ./data
	go run ./cmd/api

test: ## Run everything that CI runs
	./test/run

test-unit: ## Run the tests alone; private PostgreSQL servers start where they are needed
	go test ./...

check: lint generate-check ## Check the code without running tests
	go vet ./...
	go mod tidy -diff

lint: ## Run the linters, and see that they catch what they should
	$(tool) golangci-lint run ./...
	scripts/lint-selftest

fix: ## Format the code and mend what linters can mend
	$(tool) golangci-lint fmt ./...
	$(tool) golangci-lint run --fix ./...

generate: ## Make docs/swagger.* and api/openapi.* from the handlers' annotations
	scripts/generate

generate-check: ## Fail when what is generated differs from what is checked in
	scripts/generate --check

openapi-lint: ## Lint the contract and compile the clients made from it
	scripts/contract

openapi-diff: ## Fail when the contract breaks clients of base=origin/main
	git show $(base):api/openapi.yaml | $(tool) oasdiff breaking - api/openapi.yaml --fail-on ERR

browser: ## Run the tests in a real browser
	go test -count=1 -v ./test/browser/...

load: ## Run the benchmarks and the load test
	go test -count=1 -v -run ThousandSignIns -bench . -skip ImportPayers ./test/process/...

chaos: ## Let 2,000 people go their ways while everything fails: args="-journeys 200 -trouble 1m" for less
	scripts/prerequisites
	go build -o bin/chaos ./test/chaos
	bin/chaos $(args)

bench-import: ## Import rows=1000000 payers into a private PostgreSQL: rows per second, resident memory
	go test -count=1 -v -timeout 1h -run '^$$' -bench ImportPayers -benchtime 1x ./test/process -import-rows $(rows)

vuln: ## Look for known vulnerabilities (needs vuln.go.dev)
	go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ./...

tools: ## Build the tools ahead of their first use
	$(tool) golangci-lint version
	$(tool) oasdiff --version
	$(tool) oapi-codegen -version

docker: ## Build the container image
	docker build --tag kabinet .
