// Package archtest keeps the rules of docs/architecture.md true by tests: who
// may import whom, how large functions and files may grow, and that every
// package says what it is for. It needs nothing but the go command.
package archtest
