//go:build !race

package model_test

// many is how many sequences are played on both engines together.
const many = 10_000
